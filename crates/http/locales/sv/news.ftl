my-news = nytt sedan du senast tittade
my-news-lead = Förslag till era utmaningar, och behov som era lösningar kan svara på, som har kommit eller ändrats sedan du senast öppnade dem.
my-news-nothing = Inget nytt har kommit.
my-news-since = sedan { $day }
my-new-suggestions = { $count ->
    [one] { $count } förslag
   *[other] { $count } förslag
}
my-new-needs = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
my-renew = Senast ändrad { $day }. Stämmer det fortfarande?
