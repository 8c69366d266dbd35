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
