webhooks-title = Webhooks
webhooks-lead = Jeres programmer, der får at vide, hvad der sker her, i det øjeblik det sker. Det, der sendes, er signeret.
webhook-address = Adresse
webhook-address-hint = Begynder med https:// og kan nås fra internettet.
webhook-description = Navn (valgfrit)
webhook-events = Hvad den får at vide
webhook-create = Tilføj webhooken
webhook-challenge-published = En udfordring offentliggøres
webhook-challenge-closed = En udfordring afsluttes
webhook-challenge-archived = En udfordring arkiveres
webhook-solution-published = En løsning offentliggøres
webhook-solution-archived = En løsning arkiveres
webhook-organisation-verified = En organisation verificeres
webhook-match-created = Et nyt match til jeres udfordringer eller løsninger
webhook-ping = En prøve
webhook-enabled = Slået til
webhook-disabled = Slået fra
webhook-disabled-failing = Slået fra: den modtog intet i flere dage
webhook-disabled-gone = Slået fra: den svarede, at den ikke findes længere
webhook-delivered = modtog sidst { $time }
webhook-nothing-delivered = har ikke modtaget noget endnu
webhook-failures = { $count ->
    [one] { $count } forsøg mislykkedes
   *[other] { $count } forsøg i træk mislykkedes
}
webhook-previous-secret = også den forrige hemmelighed signerer til { $time }
webhook-try = Send en prøve
webhook-disable = Slå fra
webhook-enable = Slå til
webhook-settings = Hvad den får at vide, og hvor
webhook-log = Leveringslog
webhook-conflict = Det kan ikke lade sig gøre, som det er nu: webhooken er slået fra, eller der er allerede så mange, som der må være.
deliveries-title = Leveringer
delivery-all = Alle
delivery-state-waiting = Det, der venter
delivery-state-parked = Det, der er parkeret
delivery-delivered = modtaget
delivery-parked = parkeret
delivery-waiting = venter, næste forsøg { $time }
delivery-attempts = { $count ->
    [one] { $count } forsøg
   *[other] { $count } forsøg
}
delivery-refused = adressen må ikke kaldes
delivery-time-out = intet svar i tide
delivery-unreachable = kan ikke nås
delivery-answer = Svar:
delivery-replay = Send igen
delivery-since = Parkeret siden
delivery-replay-parked = Send alt parkeret igen
