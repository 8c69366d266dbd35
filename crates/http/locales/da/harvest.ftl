harvest-title = Høstede kilder
harvest-lead = Kataloger som poster kommer fra. En kilde sættes op med »innocap harvest add« på serveren.
harvest-none = Ingen kilde er sat op.
harvest-new = ikke kørt endnu
harvest-running = kører nu
harvest-interrupted = afbrudt; næste kørsel fortsætter, hvor den var
harvest-failed = mislykkedes
harvest-done = fuldstændig
harvest-finished = sidst kørt { $time }
harvest-due = næste { $time }
harvest-run = Kør nu
harvest-created = { $count } nye
harvest-changed = { $count } ændret
harvest-unchanged = { $count } uændret
harvest-archived = { $count } arkiveret
harvest-refused = { $count } afvist
harvest-deployments = { $count ->
    [one] { $count } anvendelse
   *[other] { $count } anvendelser
}
harvest-more = { $count ->
    [one] og { $count } linje mere
   *[other] og { $count } linjer mere
}
duplicates-title = Mulige dubletter
duplicates-lead = Løsninger fra forskellige kilder, som kan være én og samme. Er de det, beholdes den første med begge kilder, og den anden arkiveres.
duplicate-by-address = samme adresse
duplicate-by-provider = samme leverandør og navn
duplicate-by-text = næsten samme tekst
duplicate-same = De er én
duplicate-different = De er to
