my-news = nytt siden du sist så
my-news-lead = Forslag til utfordringene deres, og behov som løsningene deres kan svare på, som er kommet eller endret siden du sist åpnet dem.
my-news-nothing = Det er ikke kommet noe nytt.
my-news-since = siden { $day }
my-new-suggestions = { $count ->
    [one] { $count } forslag
   *[other] { $count } forslag
}
my-new-needs = { $count ->
    [one] { $count } behov
   *[other] { $count } behov
}
my-renew = Sist endret { $day }. Gjelder det fortsatt?
