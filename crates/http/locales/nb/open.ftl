feed-challenges = Nye utfordringer
feed-solutions = Nye løsninger
list-feed = Følg denne listen i en nyhetsleser (Atom)
