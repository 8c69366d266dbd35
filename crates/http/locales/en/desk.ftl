my-title = My page
my-no-organisation = You belong to no organisation yet. Enter yours, or ask one of its owners to invite you.
my-nothing = Nothing is written here yet.
organisation-new = Enter an organisation
challenge-new = Write a challenge
solution-new = Register a solution
edit = Edit
status-is-draft = Draft
status-is-published = Published
status-is-in-dialogue = In dialogue
kind-organisation = Organisation
kind-challenge = Challenge
kind-solution = Solution
nothing-here = There is nothing here.
nothing-waits = Nothing waits.
fault-as-things-stand = This cannot be done as things stand. Somebody may have done it already, or an organisation would be left without an owner.
field-reason = Reason
field-reason-hint = Those concerned are told it in your words.
field-role = Role
operator-title = Operation
reviews-title = Reviews
reports-title = Reports
people-title = People
outbox-title = Outbox
index-title = Index and sources
audit-title = Audit log
review-approve = Approve
review-refuse = Refuse
review-approved = Approved
review-refused = Refused
review-waits = Waits for review
queue-open = What waits
queue-decided = What was decided
report-spam = Advertising or nonsense
report-misleading = Misleading
report-illegal = Against the law
report-personal-data = Shows personal data
report-rights = Hurts somebody’s rights
report-other = Something else
report-suspend = Suspend
report-dismiss = Dismiss
report-upheld = Upheld
report-dismissed = Dismissed
role-none = no role in the service
role-moderator = moderator
role-operator = operator
person-suspend = Suspend
person-restore = Let in again
person-suspended = Suspended: { $reason }
mail-sent = sent
mail-parked = not tried any more
mail-waiting = waiting
mail-retry = Try again
outbox-no-mail = No mail server is set up. What is written here goes nowhere by itself: hand it on, or set one up.
index-lead = How far this server has read what was written.
index-model = Model
index-indexed = Changes read
index-without-vector = Texts whose meaning is still to be computed
index-rebuild = Build the index anew
index-rebuilding = The index is being built anew. Load the page again to see how far it is.
sources-title = Sources
inside-public = Public page
inside-edit = Edit the organisation
members-title = Members
member-leave = Leave
invitations-title = Invitations
invitations-lead = Owners decide about members, editors write, viewers read drafts.
invitation-until = until { $day }
invite-button = Invite
clients-title = API clients
clients-lead = Programs that act for the organisation. Each may do only what its scopes say.
client-used = last used { $day }
client-unused = not used yet
client-renew = New secret
client-name = Name of the program
client-scopes = Scopes
client-create = Create the client
client-secret = Keep this now: the secret is not shown again.
standing-title = Verification
standing-verified = Verified
standing-unverified = Not verified yet
standing-unverified-means = Drafts can be written already. Publishing is possible once it is known who the organisation is.
standing-suspended = Suspended
standing-by-operator = by the operator
standing-by-domain = by an address at { $domain }
standing-prove = Verify by my address
standing-prove-lead = If your confirmed address is at the domain of the organisation’s website, it is verified at once. Otherwise the operator looks.
standing-not-proved = Your address is not at the domain of the organisation’s website. The operator will look.
reviews-open = { $count ->
    [one] { $count } review waits
   *[other] { $count } reviews wait
}
reports-open = { $count ->
    [one] { $count } report waits
   *[other] { $count } reports wait
}
outbox-open = { $count ->
    [one] { $count } mail is not sent
   *[other] { $count } mails are not sent
}
index-behind = { $count ->
    [one] { $count } change is not indexed yet
   *[other] { $count } changes are not indexed yet
}
