DROP TABLE webhook_match;
DROP TABLE webhook_delivery;
DROP TABLE webhook_event;
DROP TABLE webhook;
DELETE FROM sequence WHERE name IN ('webhook-event', 'webhook-match');
