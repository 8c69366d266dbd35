harvest-title = Høstede kilder
harvest-lead = Kataloger som oppføringer kommer fra. En kilde settes opp med «innocap harvest add» på serveren.
harvest-none = Ingen kilde er satt opp.
harvest-new = ikke kjørt ennå
harvest-running = kjører nå
harvest-interrupted = avbrutt; neste kjøring fortsetter der den var
harvest-failed = mislyktes
harvest-done = fullstendig
harvest-finished = sist kjørt { $time }
harvest-due = neste { $time }
harvest-run = Kjør nå
harvest-created = { $count } nye
harvest-changed = { $count } endret
harvest-unchanged = { $count } uendret
harvest-archived = { $count } arkivert
harvest-refused = { $count } avvist
harvest-deployments = { $count ->
    [one] { $count } i bruk
   *[other] { $count } i bruk
}
harvest-more = { $count ->
    [one] og { $count } linje til
   *[other] og { $count } linjer til
}
duplicates-title = Mulige duplikater
duplicates-lead = Løsninger fra forskjellige kilder som kan være én og samme. Er de det, beholdes den første med begge kildene, og den andre arkiveres.
duplicate-by-address = samme adresse
duplicate-by-provider = samme leverandør og navn
duplicate-by-text = nesten samme tekst
duplicate-same = De er én
duplicate-different = De er to
