harvest-title = Harvested sources
harvest-lead = Catalogues that records come from. A source is set up with “innocap harvest add” on the server.
harvest-none = No source is set up.
harvest-new = not run yet
harvest-running = running
harvest-interrupted = interrupted; the next run goes on where it was
harvest-failed = failed
harvest-done = complete
harvest-finished = last run { $time }
harvest-due = next { $time }
harvest-run = Run now
harvest-created = { $count } new
harvest-changed = { $count } changed
harvest-unchanged = { $count } unchanged
harvest-archived = { $count } archived
harvest-refused = { $count } refused
harvest-deployments = { $count ->
    [one] { $count } deployment
   *[other] { $count } deployments
}
harvest-more = { $count ->
    [one] and { $count } more line
   *[other] and { $count } more lines
}
duplicates-title = Possible duplicates
duplicates-lead = Solutions from different sources that may be one. If they are, the first is kept with both sources and the second is archived.
duplicate-by-address = same address
duplicate-by-provider = same provider and name
duplicate-by-text = nearly the same text
duplicate-same = They are one
duplicate-different = They are two
