start-ways = Hvaðan kemur þú?
start-public-body = Sveitarfélag eða stofnun
start-public-body-what = Skrifaðu hvað þarf að virka betur. Þú færð tillögur með rökum og stuttlista í skjölin.
start-company = Fyrirtæki eða félag
start-company-what = Skráðu það sem þið bjóðið á fimm mínútum og sjáðu hvaða þörfum það gæti svarað.
start-university = Háskóli eða rannsóknastofnun
start-university-what = Bjóddu niðurstöður, prófunarumhverfi og fólk sem kann, og finndu þá sem þurfa á því að halda.
start-expertise = Bjóða sérþekkingu
