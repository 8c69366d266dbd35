my-title = Min side
my-no-organisation = Du hører ikke til nogen organisation endnu. Opret din, eller bed en af dens ejere om at invitere dig.
my-nothing = Der er ikke skrevet noget her endnu.
organisation-new = Opret en organisation
challenge-new = Skriv en udfordring
solution-new = Registrer en løsning
edit = Rediger
status-is-draft = Kladde
status-is-published = Offentliggjort
status-is-in-dialogue = I dialog
kind-organisation = Organisation
kind-challenge = Udfordring
kind-solution = Løsning
nothing-here = Her er ingenting.
nothing-waits = Intet venter.
fault-as-things-stand = Det kan ikke gøres, som det står nu. Nogen kan have gjort det allerede, eller en organisation ville stå uden ejer.
field-reason = Begrundelse
field-reason-hint = De berørte får den at læse med dine ord.
field-role = Rolle
operator-title = Drift
reviews-title = Gennemgange
reports-title = Anmeldelser
people-title = Personer
outbox-title = Udbakke
index-title = Indeks og kilder
audit-title = Revisionslog
review-approve = Godkend
review-refuse = Afvis
review-approved = Godkendt
review-refused = Afvist
review-waits = Venter på gennemgang
queue-open = Det, der venter
queue-decided = Det, der er afgjort
report-spam = Reklame eller vrøvl
report-misleading = Vildledende
report-illegal = Ulovligt
report-personal-data = Viser persondata
report-rights = Krænker nogens rettigheder
report-other = Noget andet
report-suspend = Skjul
report-dismiss = Afvis
report-upheld = Taget til følge
report-dismissed = Afvist
role-none = ingen rolle i tjenesten
role-moderator = moderator
role-operator = driftsansvarlig
person-suspend = Luk ude
person-restore = Luk ind igen
person-suspended = Lukket ude: { $reason }
mail-sent = sendt
mail-parked = prøves ikke mere
mail-waiting = venter
mail-retry = Prøv igen
outbox-no-mail = Ingen mailserver er sat op. Det, der står her, kommer ingen vegne af sig selv: giv det videre, eller sæt en op.
index-lead = Hvor langt denne server har læst det skrevne.
index-model = Model
index-indexed = Læste ændringer
index-without-vector = Tekster, hvis betydning endnu skal beregnes
index-rebuild = Byg indekset på ny
index-rebuilding = Indekset bygges på ny. Genindlæs siden for at se, hvor langt det er.
sources-title = Kilder
inside-public = Offentlig side
inside-edit = Rediger organisationen
members-title = Medlemmer
member-leave = Forlad
invitations-title = Invitationer
invitations-lead = Ejere bestemmer om medlemmer, redaktører skriver, læsere læser kladder.
invitation-until = til { $day }
invite-button = Inviter
clients-title = API-klienter
clients-lead = Programmer, der handler på organisationens vegne. Hvert må kun det, dets rettigheder siger.
client-used = sidst brugt { $day }
client-unused = ikke brugt endnu
client-renew = Ny hemmelighed
client-name = Programmets navn
client-scopes = Rettigheder
client-create = Opret klienten
client-secret = Gem dette nu: hemmeligheden vises ikke igen.
standing-title = Verificering
standing-verified = Verificeret
standing-unverified = Ikke verificeret endnu
standing-unverified-means = Kladder kan skrives allerede. Offentliggørelse er mulig, når det vides, hvem organisationen er.
standing-suspended = Skjult
standing-by-operator = af den driftsansvarlige
standing-by-domain = ved en adresse hos { $domain }
standing-prove = Verificer med min adresse
standing-prove-lead = Hvis din bekræftede adresse hører til domænet for organisationens websted, verificeres den straks. Ellers ser den driftsansvarlige på det.
standing-not-proved = Din adresse hører ikke til domænet for organisationens websted. Den driftsansvarlige ser på det.
reviews-open = { $count ->
    [one] { $count } gennemgang venter
   *[other] { $count } gennemgange venter
}
reports-open = { $count ->
    [one] { $count } anmeldelse venter
   *[other] { $count } anmeldelser venter
}
outbox-open = { $count ->
    [one] { $count } mail er ikke sendt
   *[other] { $count } mails er ikke sendt
}
index-behind = { $count ->
    [one] { $count } ændring er ikke indekseret endnu
   *[other] { $count } ændringer er ikke indekseret endnu
}
