harvest-title = Sóttar veitur
harvest-lead = Skrár sem færslur koma úr. Veita er sett upp með „innocap harvest add“ á þjóninum.
harvest-none = Engin veita er uppsett.
harvest-new = ekki keyrð enn
harvest-running = í keyrslu
harvest-interrupted = rofin; næsta keyrsla heldur áfram þar sem frá var horfið
harvest-failed = mistókst
harvest-done = lokið
harvest-finished = síðast keyrð { $time }
harvest-due = næst { $time }
harvest-run = Keyra núna
harvest-created = { $count } ný
harvest-changed = { $count } breytt
harvest-unchanged = { $count } óbreytt
harvest-archived = { $count } sett í safn
harvest-refused = { $count } hafnað
harvest-deployments = { $count ->
    [one] { $count } notkun
   *[other] { $count } notkunartilvik
}
harvest-more = { $count ->
    [one] og { $count } lína í viðbót
   *[other] og { $count } línur í viðbót
}
duplicates-title = Hugsanlegar tvítekningar
duplicates-lead = Lausnir úr ólíkum veitum sem kunna að vera ein og hin sama. Ef svo er helst sú fyrri með báðum veitunum og hin er sett í safn.
duplicate-by-address = sama slóð
duplicate-by-provider = sami veitandi og heiti
duplicate-by-text = nánast sami texti
duplicate-same = Þær eru ein
duplicate-different = Þær eru tvær
