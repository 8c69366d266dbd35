my-news = new since you last looked
my-news-lead = Suggestions for your challenges, and needs that your solutions could answer, that have come or changed since you last opened them.
my-news-nothing = Nothing new has come.
my-news-since = since { $day }
my-new-suggestions = { $count ->
    [one] { $count } suggestion
   *[other] { $count } suggestions
}
my-new-needs = { $count ->
    [one] { $count } need
   *[other] { $count } needs
}
my-renew = Last changed on { $day }. Does it still hold?
