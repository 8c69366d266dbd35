webhooks-title = Webhooks
webhooks-lead = Programs of yours that are told what happens here, at the moment it happens. What is sent is signed.
webhook-address = Address
webhook-address-hint = Begins with https:// and can be reached from the internet.
webhook-description = Name (optional)
webhook-events = What it is told of
webhook-create = Add the webhook
webhook-challenge-published = A challenge is published
webhook-challenge-closed = A challenge is closed
webhook-challenge-archived = A challenge is archived
webhook-solution-published = A solution is published
webhook-solution-archived = A solution is archived
webhook-organisation-verified = An organisation is verified
webhook-match-created = A new match for your challenges or solutions
webhook-ping = A ping
webhook-enabled = Enabled
webhook-disabled = Disabled
webhook-disabled-failing = Disabled: it took nothing for days
webhook-disabled-gone = Disabled: it answered that it is gone
webhook-delivered = last taken { $time }
webhook-nothing-delivered = nothing taken yet
webhook-failures = { $count ->
    [one] { $count } try failed
   *[other] { $count } tries in a row failed
}
webhook-previous-secret = the secret before signs too until { $time }
webhook-try = Send a ping
webhook-disable = Disable
webhook-enable = Enable
webhook-settings = What it is told of, and where
webhook-log = Log of deliveries
webhook-conflict = This cannot be done as things stand: the webhook is disabled, or there are as many as may be.
deliveries-title = Deliveries
delivery-all = All
delivery-state-waiting = What waits
delivery-state-parked = What is parked
delivery-delivered = taken
delivery-parked = parked
delivery-waiting = waits, next try { $time }
delivery-attempts = { $count ->
    [one] { $count } try
   *[other] { $count } tries
}
delivery-refused = the address may not be asked
delivery-time-out = no answer in time
delivery-unreachable = not reachable
delivery-answer = Answer:
delivery-replay = Send again
delivery-since = Parked since
delivery-replay-parked = Send all parked again
