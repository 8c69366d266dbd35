feed-challenges = Nye udfordringer
feed-solutions = Nye løsninger
list-feed = Følg denne liste i en nyhedslæser (Atom)
