webhooks-title = Vefkrókar
webhooks-lead = Forrit ykkar sem fá að vita hvað gerist hér um leið og það gerist. Það sem er sent er undirritað.
webhook-address = Veffang
webhook-address-hint = Byrjar á https:// og næst af netinu.
webhook-description = Heiti (valkvætt)
webhook-events = Hvað hann fær að vita
webhook-create = Bæta vefkróknum við
webhook-challenge-published = Áskorun er birt
webhook-challenge-closed = Áskorun er lokað
webhook-challenge-archived = Áskorun er sett í safn
webhook-solution-published = Lausn er birt
webhook-solution-archived = Lausn er sett í safn
webhook-organisation-verified = Stofnun er staðfest
webhook-match-created = Ný samsvörun við áskoranir ykkar eða lausnir
webhook-ping = Prófun
webhook-enabled = Kveikt
webhook-disabled = Slökkt
webhook-disabled-failing = Slökkt: hann tók ekki við neinu dögum saman
webhook-disabled-gone = Slökkt: hann svaraði að hann væri ekki lengur til
webhook-delivered = tók síðast við { $time }
webhook-nothing-delivered = hefur ekki tekið við neinu enn
webhook-failures = { $count ->
    [one] { $count } tilraun mistókst
   *[other] { $count } tilraunir í röð mistókust
}
webhook-previous-secret = fyrra leyndarmálið undirritar líka til { $time }
webhook-try = Senda prófun
webhook-disable = Slökkva
webhook-enable = Kveikja
webhook-settings = Hvað það fær að vita og hvert
webhook-log = Sendingaskrá
webhook-conflict = Þetta er ekki hægt eins og er: slökkt er á vefkróknum eða þeir eru þegar eins margir og mega vera.
deliveries-title = Sendingar
delivery-all = Allar
delivery-state-waiting = Það sem bíður
delivery-state-parked = Það sem er geymt
delivery-delivered = móttekin
delivery-parked = geymd
delivery-waiting = bíður, næsta tilraun { $time }
delivery-attempts = { $count ->
    [one] { $count } tilraun
   *[other] { $count } tilraunir
}
delivery-refused = ekki má kalla á þetta veffang
delivery-time-out = ekkert svar í tæka tíð
delivery-unreachable = næst ekki
delivery-answer = Svar:
delivery-replay = Senda aftur
delivery-since = Geymt síðan
delivery-replay-parked = Senda allt geymt aftur
