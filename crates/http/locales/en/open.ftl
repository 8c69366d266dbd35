feed-challenges = New challenges
feed-solutions = New solutions
list-feed = Follow this list in a feed reader (Atom)
