my-news = nyt siden du sidst så efter
my-news-lead = Forslag til jeres udfordringer, og behov, som jeres løsninger kan svare på, der er kommet eller ændret, siden du sidst åbnede dem.
my-news-nothing = Der er ikke kommet noget nyt.
my-news-since = siden { $day }
my-new-suggestions = { $count ->
    [one] { $count } forslag
   *[other] { $count } forslag
}
my-new-needs = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
my-renew = Senest ændret { $day }. Gælder det stadig?
