feed-challenges = Nya utmaningar
feed-solutions = Nya lösningar
list-feed = Följ listan i en flödesläsare (Atom)
