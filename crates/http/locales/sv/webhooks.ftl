webhooks-title = Webhookar
webhooks-lead = Era program som får veta vad som händer här i samma stund som det händer. Det som skickas är signerat.
webhook-address = Adress
webhook-address-hint = Börjar med https:// och kan nås från internet.
webhook-description = Namn (frivilligt)
webhook-events = Vad den får veta
webhook-create = Lägg till webhooken
webhook-challenge-published = En utmaning publiceras
webhook-challenge-closed = En utmaning avslutas
webhook-challenge-archived = En utmaning arkiveras
webhook-solution-published = En lösning publiceras
webhook-solution-archived = En lösning arkiveras
webhook-organisation-verified = En organisation verifieras
webhook-match-created = En ny träff för era utmaningar eller lösningar
webhook-ping = Ett prov
webhook-enabled = På
webhook-disabled = Av
webhook-disabled-failing = Av: den tog inte emot något på flera dagar
webhook-disabled-gone = Av: den svarade att den inte finns längre
webhook-delivered = tog senast emot { $time }
webhook-nothing-delivered = har inte tagit emot något än
webhook-failures = { $count ->
    [one] { $count } försök misslyckades
   *[other] { $count } försök i rad misslyckades
}
webhook-previous-secret = även den förra hemligheten signerar till { $time }
webhook-try = Skicka ett prov
webhook-disable = Slå av
webhook-enable = Slå på
webhook-settings = Vad den får veta, och vart
webhook-log = Leveranslogg
webhook-conflict = Det går inte som det är nu: webhooken är avslagen, eller så finns det redan så många som det får finnas.
deliveries-title = Leveranser
delivery-all = Alla
delivery-state-waiting = Det som väntar
delivery-state-parked = Det som är parkerat
delivery-delivered = mottagen
delivery-parked = parkerad
delivery-waiting = väntar, nästa försök { $time }
delivery-attempts = { $count ->
    [one] { $count } försök
   *[other] { $count } försök
}
delivery-refused = adressen får inte anropas
delivery-time-out = inget svar i tid
delivery-unreachable = kan inte nås
delivery-answer = Svar:
delivery-replay = Skicka igen
delivery-since = Parkerat sedan
delivery-replay-parked = Skicka allt parkerat igen
