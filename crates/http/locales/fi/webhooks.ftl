webhooks-title = Webhookit
webhooks-lead = Ohjelmanne, joille kerrotaan täällä tapahtuvasta heti, kun se tapahtuu. Lähetykset allekirjoitetaan.
webhook-address = Osoite
webhook-address-hint = Alkaa https:// ja on tavoitettavissa internetistä.
webhook-description = Nimi (vapaaehtoinen)
webhook-events = Mistä sille kerrotaan
webhook-create = Lisää webhook
webhook-challenge-published = Haaste julkaistaan
webhook-challenge-closed = Haaste päätetään
webhook-challenge-archived = Haaste arkistoidaan
webhook-solution-published = Ratkaisu julkaistaan
webhook-solution-archived = Ratkaisu arkistoidaan
webhook-organisation-verified = Organisaatio vahvistetaan
webhook-match-created = Uusi osuma haasteillenne tai ratkaisuillenne
webhook-ping = Kokeilu
webhook-enabled = Käytössä
webhook-disabled = Pois käytöstä
webhook-disabled-failing = Pois käytöstä: se ei ottanut mitään vastaan moneen päivään
webhook-disabled-gone = Pois käytöstä: se vastasi, ettei sitä enää ole
webhook-delivered = viimeksi vastaanotettu { $time }
webhook-nothing-delivered = mitään ei ole vielä vastaanotettu
webhook-failures = { $count ->
    [one] { $count } yritys epäonnistui
   *[other] { $count } peräkkäistä yritystä epäonnistui
}
webhook-previous-secret = myös edellinen salaisuus allekirjoittaa { $time } saakka
webhook-try = Lähetä kokeilu
webhook-disable = Poista käytöstä
webhook-enable = Ota käyttöön
webhook-settings = Mitä sille kerrotaan ja minne
webhook-log = Toimitusloki
webhook-conflict = Tätä ei voi tehdä nyt: webhook on pois käytöstä tai niitä on jo enimmäismäärä.
deliveries-title = Toimitukset
delivery-all = Kaikki
delivery-state-waiting = Odottavat
delivery-state-parked = Sivuun siirretyt
delivery-delivered = vastaanotettu
delivery-parked = siirretty sivuun
delivery-waiting = odottaa, seuraava yritys { $time }
delivery-attempts = { $count ->
    [one] { $count } yritys
   *[other] { $count } yritystä
}
delivery-refused = osoitteeseen ei saa ottaa yhteyttä
delivery-time-out = ei vastausta ajoissa
delivery-unreachable = ei tavoitettavissa
delivery-answer = Vastaus:
delivery-replay = Lähetä uudelleen
delivery-since = Sivuun siirretyt alkaen
delivery-replay-parked = Lähetä kaikki sivuun siirretyt uudelleen
