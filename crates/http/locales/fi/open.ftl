feed-challenges = Uudet haasteet
feed-solutions = Uudet ratkaisut
list-feed = Seuraa tätä luetteloa syötteenlukijassa (Atom)
