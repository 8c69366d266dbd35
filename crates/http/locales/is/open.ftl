feed-challenges = Nýjar áskoranir
feed-solutions = Nýjar lausnir
list-feed = Fylgstu með þessum lista í fréttalesara (Atom)
