skip-to-content = Skip to content
navigation = Main navigation
languages = Languages
api-documentation = API documentation
start-title = What public services need, beside what already exists
start-what = A public body describes a need in its own words and language. Innocap answers with products, services, research results and people that could meet it, and says why.
start-honest = When nothing fits, it says so.
start-solutions = { $count ->
    [one] { $count } solution
   *[other] { $count } solutions
}
start-challenges = { $count ->
    [one] { $count } open need
   *[other] { $count } open needs
}
start-for-systems = For procurement and case systems
start-list-solutions = The solutions as JSON
start-list-challenges = The needs as JSON
docs-operations = Operations
docs-schemas = Schemas
docs-errors = Errors
docs-needs-token = Needs a bearer token.
docs-parameters = Parameters of
docs-parameter = Parameter
docs-place = Where
docs-meaning = Meaning
docs-code = Code
docs-remedy = What to do
nav-ask = Ask for solutions
challenges-title = Challenges
solutions-title = Solutions
start-here = What is here
ask-label = What do you need to solve?
ask-hint = Describe the problem in your own words and language: for whom, where, and what must work. Nothing of it is stored.
ask-country = Where is the need?
ask-anywhere = Anywhere
ask-button = Find solutions
ask-empty = Write what you need first.
ask-too-long = The text is too long: at most { $count } characters can be read.
ask-no-words = There is nothing in this text that can be searched for. Say in a sentence what is missing.
ask-cannot-be-read = This cannot be read. Choose the place from the list and write the need as text.
title-fault = Please correct:
suggestions-title = Suggestions
suggestions-for = For the challenge:
suggestions-all = See all solutions
suggestions-considered = { $count } texts of solutions were looked at.
suggestions-version = Ranking version { $version }.
suggestion-score = { $count } of 100
suggestion-share = { $count ->
    [one] { $count } point
   *[other] { $count } points
}
suggestion-found-in = Found in { $language }
suggestion-why = Why it is suggested
suggestion-against = What speaks against it
verdict-fit-means = Something that exists already seems to meet this need. Read the reasons, then talk with the provider.
verdict-partial-means = Something near to it exists. It may meet a part of the need, or have solved the same problem elsewhere.
verdict-none-means = What follows is merely the nearest that is known here; it is listed for the record.
verdict-nothing-means = Nothing that is known here comes near. Other words, or a description of the problem rather than of a product, may find more.
filter-text = Words
filter-function = Public function
filter-country = Country
filter-delivered = Delivered in
filter-kind = Kind
filter-all = All
filter-button = Filter
list-found = { $count ->
    [one] { $count } found
   *[other] { $count } found
}
list-next = Next page
list-cannot-be-read = This filter cannot be read. Choose from the lists, or begin anew without it.
facts = Facts
fact-buyer = Public body
fact-provider = Provider
fact-kind = Kind
fact-place = Place
fact-function = Public function
fact-codes = Procurement codes (CPV)
fact-published = Published
fact-deadline = Answers wanted by
fact-language = Written in
fact-source = Source
fact-maturity = Maturity
fact-delivery = Delivered in
fact-speaks = Languages
fact-deployments = Runs already
fact-licence = Licence
fact-link = Link
solution-trl = Technology readiness level { $count } of 9
challenge-suggestions = What could meet this need?
solution-needs = Which open needs could this answer?
needs-title = Open needs
needs-for = That this could answer:
needs-found = { $count ->
    [one] { $count } need
   *[other] { $count } needs
}
needs-considered = { $count } texts of needs were looked at.
organisation-public-body = Public body
organisation-company = Company
organisation-higher-education = Higher education or research
organisation-association = Association
organisation-needs = What it needs
organisation-needs-nothing = No open needs are known.
organisation-needs-all = All its needs
organisation-offers = What it offers
organisation-offers-nothing = No solutions are known.
organisation-offers-all = All its solutions
status-draft = This is a draft.
status-closed = This challenge is closed.
status-archived = This is archived and no longer listed.
error-not-found = There is nothing at this address
error-not-found-advice = It may have been moved or taken away. From here you can go on:
error-not-yours = This is not open to everyone
error-not-yours-advice = Only those it belongs to may see it. What everyone may see is here:
error-bad-request = This address cannot be read
error-bad-request-advice = Something in it is not as it should be. Begin again from here:
error-broken = Something went wrong here
error-broken-advice = It is not your fault. Try again in a moment, or go on from here:
