harvest-title = Skördade källor
harvest-lead = Kataloger som poster kommer från. En källa läggs upp med ”innocap harvest add” på servern.
harvest-none = Ingen källa är upplagd.
harvest-new = inte körd än
harvest-running = körs nu
harvest-interrupted = avbruten; nästa körning fortsätter där den var
harvest-failed = misslyckades
harvest-done = fullständig
harvest-finished = senast körd { $time }
harvest-due = nästa { $time }
harvest-run = Kör nu
harvest-created = { $count } nya
harvest-changed = { $count } ändrade
harvest-unchanged = { $count } oförändrade
harvest-archived = { $count } arkiverade
harvest-refused = { $count } avvisade
harvest-deployments = { $count ->
    [one] { $count } användning
   *[other] { $count } användningar
}
harvest-more = { $count ->
    [one] och { $count } rad till
   *[other] och { $count } rader till
}
duplicates-title = Möjliga dubbletter
duplicates-lead = Lösningar från olika källor som kan vara en och samma. Är de det behålls den första med båda källorna, och den andra arkiveras.
duplicate-by-address = samma adress
duplicate-by-provider = samma leverantör och namn
duplicate-by-text = nästan samma text
duplicate-same = De är en
duplicate-different = De är två
