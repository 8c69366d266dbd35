my-title = Min sida
my-no-organisation = Du hör inte till någon organisation än. Lägg in din, eller be en av dess ägare att bjuda in dig.
my-nothing = Inget är skrivet här än.
organisation-new = Lägg in en organisation
challenge-new = Skriv en utmaning
solution-new = Registrera en lösning
edit = Redigera
status-is-draft = Utkast
status-is-published = Publicerad
status-is-in-dialogue = I dialog
kind-organisation = Organisation
kind-challenge = Utmaning
kind-solution = Lösning
nothing-here = Här finns inget.
nothing-waits = Inget väntar.
fault-as-things-stand = Det går inte just nu. Någon kan redan ha gjort det, eller så skulle en organisation bli utan ägare.
field-reason = Skäl
field-reason-hint = De berörda får läsa det med dina ord.
field-role = Roll
operator-title = Drift
reviews-title = Granskningar
reports-title = Anmälningar
people-title = Personer
outbox-title = Utkorg
index-title = Index och källor
audit-title = Granskningslogg
review-approve = Godkänn
review-refuse = Avslå
review-approved = Godkänd
review-refused = Avslagen
review-waits = Väntar på granskning
queue-open = Det som väntar
queue-decided = Det som är avgjort
report-spam = Reklam eller skräp
report-misleading = Vilseledande
report-illegal = Olagligt
report-personal-data = Visar personuppgifter
report-rights = Kränker någons rättigheter
report-other = Något annat
report-suspend = Dölj
report-dismiss = Lämna utan åtgärd
report-upheld = Bifallen
report-dismissed = Utan åtgärd
role-none = ingen roll i tjänsten
role-moderator = moderator
role-operator = driftansvarig
person-suspend = Stäng av
person-restore = Släpp in igen
person-suspended = Avstängd: { $reason }
mail-sent = skickat
mail-parked = prövas inte mer
mail-waiting = väntar
mail-retry = Försök igen
outbox-no-mail = Ingen e-postserver är inställd. Det som står här går ingenstans av sig självt: lämna det vidare eller ställ in en.
index-lead = Hur långt den här servern har läst det som skrivits.
index-model = Modell
index-indexed = Lästa ändringar
index-without-vector = Texter vars betydelse återstår att beräkna
index-rebuild = Bygg om indexet
index-rebuilding = Indexet byggs om. Ladda om sidan för att se hur långt det har kommit.
sources-title = Källor
inside-public = Offentlig sida
inside-edit = Redigera organisationen
members-title = Medlemmar
member-leave = Lämna
invitations-title = Inbjudningar
invitations-lead = Ägare bestämmer om medlemmar, redaktörer skriver, läsare läser utkast.
invitation-until = till { $day }
invite-button = Bjud in
clients-title = API-klienter
clients-lead = Program som agerar för organisationen. Vart och ett får göra bara det som dess rättigheter säger.
client-used = senast använd { $day }
client-unused = inte använd än
client-renew = Ny hemlighet
client-name = Programmets namn
client-scopes = Rättigheter
client-create = Skapa klienten
client-secret = Spara detta nu: hemligheten visas inte igen.
standing-title = Verifiering
standing-verified = Verifierad
standing-unverified = Inte verifierad än
standing-unverified-means = Utkast kan redan skrivas. Publicera går när det är känt vem organisationen är.
standing-suspended = Dold
standing-by-operator = av driftansvarig
standing-by-domain = genom en adress hos { $domain }
standing-prove = Verifiera med min adress
standing-prove-lead = Om din bekräftade adress hör till domänen för organisationens webbplats verifieras den genast. Annars tittar driftansvarig.
standing-not-proved = Din adress hör inte till domänen för organisationens webbplats. Driftansvarig tittar på det.
reviews-open = { $count ->
    [one] { $count } granskning väntar
   *[other] { $count } granskningar väntar
}
reports-open = { $count ->
    [one] { $count } anmälan väntar
   *[other] { $count } anmälningar väntar
}
outbox-open = { $count ->
    [one] { $count } mejl är inte skickat
   *[other] { $count } mejl är inte skickade
}
index-behind = { $count ->
    [one] { $count } ändring är inte indexerad än
   *[other] { $count } ändringar är inte indexerade än
}
