my-title = Min side
my-no-organisation = Du hører ikke til noen organisasjon ennå. Legg inn din, eller be en av eierne om å invitere deg.
my-nothing = Ingenting er skrevet her ennå.
organisation-new = Legg inn en organisasjon
challenge-new = Skriv en utfordring
solution-new = Registrer en løsning
edit = Rediger
status-is-draft = Utkast
status-is-published = Publisert
status-is-in-dialogue = I dialog
kind-organisation = Organisasjon
kind-challenge = Utfordring
kind-solution = Løsning
nothing-here = Her er det ingenting.
nothing-waits = Ingenting venter.
fault-as-things-stand = Dette går ikke slik det står nå. Noen kan ha gjort det allerede, eller en organisasjon ville stått uten eier.
field-reason = Begrunnelse
field-reason-hint = De det gjelder får lese den med dine ord.
field-role = Rolle
operator-title = Drift
reviews-title = Gjennomganger
reports-title = Meldinger
people-title = Personer
outbox-title = Utboks
index-title = Indeks og kilder
audit-title = Revisjonslogg
review-approve = Godkjenn
review-refuse = Avslå
review-approved = Godkjent
review-refused = Avslått
review-waits = Venter på gjennomgang
queue-open = Det som venter
queue-decided = Det som er avgjort
report-spam = Reklame eller tull
report-misleading = Villedende
report-illegal = Ulovlig
report-personal-data = Viser personopplysninger
report-rights = Krenker noens rettigheter
report-other = Noe annet
report-suspend = Skjul
report-dismiss = Avvis
report-upheld = Tatt til følge
report-dismissed = Avvist
role-none = ingen rolle i tjenesten
role-moderator = moderator
role-operator = driftsansvarlig
person-suspend = Steng ute
person-restore = Slipp inn igjen
person-suspended = Stengt ute: { $reason }
mail-sent = sendt
mail-parked = prøves ikke mer
mail-waiting = venter
mail-retry = Prøv igjen
outbox-no-mail = Ingen e-postserver er satt opp. Det som står her går ingen steder av seg selv: gi det videre, eller sett opp en.
index-lead = Hvor langt denne serveren har lest det som er skrevet.
index-model = Modell
index-indexed = Leste endringer
index-without-vector = Tekster hvis mening gjenstår å beregne
index-rebuild = Bygg indeksen på nytt
index-rebuilding = Indeksen bygges på nytt. Last siden på nytt for å se hvor langt den er.
sources-title = Kilder
inside-public = Offentlig side
inside-edit = Rediger organisasjonen
members-title = Medlemmer
member-leave = Forlat
invitations-title = Invitasjoner
invitations-lead = Eiere bestemmer om medlemmer, redaktører skriver, lesere leser utkast.
invitation-until = til { $day }
invite-button = Inviter
clients-title = API-klienter
clients-lead = Programmer som handler på vegne av organisasjonen. Hvert får bare gjøre det rettighetene sier.
client-used = sist brukt { $day }
client-unused = ikke brukt ennå
client-renew = Ny hemmelighet
client-name = Navn på programmet
client-scopes = Rettigheter
client-create = Opprett klienten
client-secret = Ta vare på dette nå: hemmeligheten vises ikke igjen.
standing-title = Verifisering
standing-verified = Verifisert
standing-unverified = Ikke verifisert ennå
standing-unverified-means = Utkast kan skrives allerede. Publisering er mulig når det er kjent hvem organisasjonen er.
standing-suspended = Skjult
standing-by-operator = av driftsansvarlig
standing-by-domain = ved en adresse hos { $domain }
standing-prove = Verifiser med min adresse
standing-prove-lead = Hvis din bekreftede adresse hører til domenet til organisasjonens nettsted, verifiseres den straks. Ellers ser driftsansvarlig på det.
standing-not-proved = Adressen din hører ikke til domenet til organisasjonens nettsted. Driftsansvarlig ser på det.
reviews-open = { $count ->
    [one] { $count } gjennomgang venter
   *[other] { $count } gjennomganger venter
}
reports-open = { $count ->
    [one] { $count } melding venter
   *[other] { $count } meldinger venter
}
outbox-open = { $count ->
    [one] { $count } brev er ikke sendt
   *[other] { $count } brev er ikke sendt
}
index-behind = { $count ->
    [one] { $count } endring er ikke indeksert ennå
   *[other] { $count } endringer er ikke indeksert ennå
}
