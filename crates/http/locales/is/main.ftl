skip-to-content = Fara beint í efnið
navigation = Aðalvalmynd
languages = Tungumál
api-documentation = Leiðbeiningar um forritaskil
start-title = Þarfir hins opinbera við hlið þess sem þegar er til
start-what = Opinber aðili lýsir þörf með eigin orðum og á sínu tungumáli. Innocap svarar með vörum, þjónustu, rannsóknarniðurstöðum og fólki sem gæti mætt henni og segir hvers vegna.
start-honest = Þegar ekkert hentar er það sagt.
start-solutions = { $count ->
    [one] { $count } lausn
   *[other] { $count } lausnir
}
start-challenges = { $count ->
    [one] { $count } opin þörf
   *[other] { $count } opnar þarfir
}
start-for-systems = Fyrir innkaupa- og málakerfi
start-list-solutions = Lausnirnar sem JSON
start-list-challenges = Þarfirnar sem JSON
docs-operations = Aðgerðir
docs-schemas = Gagnasnið
docs-errors = Villur
docs-needs-token = Krefst bearer-auðkennis.
docs-parameters = Færibreytur fyrir
docs-parameter = Færibreyta
docs-place = Hvar
docs-meaning = Merking
docs-code = Kóði
docs-remedy = Hvað er til ráða
nav-ask = Spyrja um lausnir
challenges-title = Áskoranir
solutions-title = Lausnir
start-here = Það sem hér er
ask-label = Hvað þurfið þið að leysa?
ask-hint = Lýsið vandanum með eigin orðum á eigin máli: fyrir hvern, hvar og hvað verður að virka. Ekkert af því er geymt.
ask-country = Hvar er þörfin?
ask-anywhere = Hvar sem er
ask-button = Finna lausnir
ask-empty = Skrifið fyrst hvers þið þarfnist.
ask-too-long = Textinn er of langur: mest er hægt að lesa { $count } stafi.
ask-no-words = Ekkert í þessum texta er hægt að leita að. Segið í einni setningu hvað vantar.
ask-cannot-be-read = Þetta er ekki hægt að lesa. Veljið staðinn af listanum og skrifið þörfina sem texta.
title-fault = Leiðréttið:
suggestions-title = Tillögur
suggestions-for = Fyrir áskorunina:
suggestions-all = Sjá allar lausnir
suggestions-considered = Farið var yfir { $count } lausnatexta.
suggestions-version = Útgáfa röðunar { $version }.
suggestion-score = { $count } af 100
suggestion-share = { $count } stig
suggestion-found-in = Fannst á máli: { $language }
suggestion-why = Hvers vegna stungið er upp á henni
suggestion-against = Hvað mælir gegn henni
verdict-fit-means = Eitthvað sem þegar er til virðist mæta þörfinni. Lesið rökin og talið síðan við veitandann.
verdict-partial-means = Eitthvað skylt er til. Það gæti mætt hluta þarfarinnar eða leyst sama vanda annars staðar.
verdict-none-means = Það sem á eftir fer er aðeins það næsta sem þekkt er hér; það er sýnt til skráningar.
verdict-nothing-means = Ekkert sem þekkt er hér kemst nálægt. Önnur orð, eða lýsing á vandanum frekar en vöru, gætu fundið meira.
filter-text = Orð
filter-function = Opinbert verkefni
filter-country = Land
filter-delivered = Afhent í
filter-kind = Tegund
filter-all = Allt
filter-button = Sía
list-found = { $count ->
    [one] { $count } fannst
   *[other] { $count } fundust
}
list-next = Næsta síða
list-cannot-be-read = Ekki er hægt að lesa síuna. Veljið af listunum eða byrjið upp á nýtt án hennar.
facts = Staðreyndir
fact-buyer = Opinber aðili
fact-provider = Veitandi
fact-kind = Tegund
fact-place = Staður
fact-function = Opinbert verkefni
fact-codes = Innkaupakóðar (CPV)
fact-published = Birt
fact-deadline = Svör óskast fyrir
fact-language = Ritað á
fact-source = Heimild
fact-maturity = Þroski
fact-delivery = Afhent í
fact-speaks = Tungumál
fact-deployments = Þegar í notkun
fact-licence = Leyfi
fact-link = Tengill
solution-trl = Tækniþroskastig (TRL) { $count } af 9
challenge-suggestions = Hvað gæti mætt þörfinni?
solution-needs = Hvaða opnu þörfum gæti þetta mætt?
needs-title = Opnar þarfir
needs-for = Sem þetta gæti mætt:
needs-found = { $count ->
    [one] { $count } þörf
   *[other] { $count } þarfir
}
needs-considered = Farið var yfir { $count } þarfatexta.
organisation-public-body = Opinber aðili
organisation-company = Fyrirtæki
organisation-higher-education = Háskóli eða rannsóknir
organisation-association = Félagasamtök
organisation-needs = Hvers hún þarfnast
organisation-needs-nothing = Engar opnar þarfir eru þekktar.
organisation-needs-all = Allar þarfir hennar
organisation-offers = Hvað hún býður
organisation-offers-nothing = Engar lausnir eru þekktar.
organisation-offers-all = Allar lausnir hennar
status-draft = Þetta er drög.
status-closed = Áskoruninni er lokið.
status-archived = Þetta er í safni og birtist ekki lengur á listum.
error-not-found = Ekkert er á þessu veffangi
error-not-found-advice = Það kann að hafa verið flutt eða fjarlægt. Héðan er hægt að halda áfram:
error-not-yours = Þetta er ekki öllum opið
error-not-yours-advice = Aðeins þeir sem það tilheyrir mega sjá það. Það sem allir mega sjá er hér:
error-bad-request = Ekki er hægt að lesa veffangið
error-bad-request-advice = Eitthvað í því er ekki eins og það á að vera. Byrjið aftur héðan:
error-broken = Eitthvað fór úrskeiðis hér
error-broken-advice = Þetta er ekki ykkur að kenna. Reynið aftur eftir andartak eða haldið áfram héðan:
