start-ways = Mitä edustat?
start-public-body = Kunta tai viranomainen
start-public-body-what = Kirjoita, minkä pitää toimia paremmin. Saat perustellut ehdotukset ja lyhytlistan asiakirjoihin.
start-company = Yritys tai yhdistys
start-company-what = Rekisteröi tarjontanne viidessä minuutissa ja katso, mihin tarpeisiin se voisi vastata.
start-university = Yliopisto tai tutkimuslaitos
start-university-what = Tarjoa tuloksia, testiympäristöjä ja osaajia ja löydä ne, jotka niitä tarvitsevat.
start-expertise = Tarjoa asiantuntemusta
