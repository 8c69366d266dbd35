webhooks-title = Webhooker
webhooks-lead = Programmene deres som får vite hva som skjer her, i det øyeblikket det skjer. Det som sendes, er signert.
webhook-address = Adresse
webhook-address-hint = Begynner med https:// og kan nås fra internett.
webhook-description = Navn (valgfritt)
webhook-events = Hva den får vite
webhook-create = Legg til webhooken
webhook-challenge-published = En utfordring publiseres
webhook-challenge-closed = En utfordring avsluttes
webhook-challenge-archived = En utfordring arkiveres
webhook-solution-published = En løsning publiseres
webhook-solution-archived = En løsning arkiveres
webhook-organisation-verified = En organisasjon verifiseres
webhook-match-created = Et nytt treff for utfordringene eller løsningene deres
webhook-ping = En prøve
webhook-enabled = På
webhook-disabled = Av
webhook-disabled-failing = Av: den tok ikke imot noe på flere dager
webhook-disabled-gone = Av: den svarte at den ikke finnes lenger
webhook-delivered = tok sist imot { $time }
webhook-nothing-delivered = har ikke tatt imot noe ennå
webhook-failures = { $count ->
    [one] { $count } forsøk mislyktes
   *[other] { $count } forsøk på rad mislyktes
}
webhook-previous-secret = også den forrige hemmeligheten signerer til { $time }
webhook-try = Send en prøve
webhook-disable = Slå av
webhook-enable = Slå på
webhook-settings = Hva den får vite, og hvor
webhook-log = Leveringslogg
webhook-conflict = Det går ikke slik det er nå: webhooken er slått av, eller det finnes allerede så mange som det kan være.
deliveries-title = Leveringer
delivery-all = Alle
delivery-state-waiting = Det som venter
delivery-state-parked = Det som er parkert
delivery-delivered = mottatt
delivery-parked = parkert
delivery-waiting = venter, neste forsøk { $time }
delivery-attempts = { $count ->
    [one] { $count } forsøk
   *[other] { $count } forsøk
}
delivery-refused = adressen kan ikke kalles
delivery-time-out = ikke noe svar i tide
delivery-unreachable = kan ikke nås
delivery-answer = Svar:
delivery-replay = Send på nytt
delivery-since = Parkert siden
delivery-replay-parked = Send alt parkert på nytt
