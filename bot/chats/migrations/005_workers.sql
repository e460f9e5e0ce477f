-- The processes that are at work on the database, and when each last said so; one process alone says nothing.
CREATE TABLE workers(run TEXT PRIMARY KEY, seen REAL NOT NULL) STRICT;
-- Which process sends a message.
ALTER TABLE alerts ADD COLUMN run TEXT NOT NULL DEFAULT '';
-- Counts up with whatever changes which questions wait.
CREATE TABLE waiting_changes(number INTEGER NOT NULL) STRICT;
INSERT INTO waiting_changes VALUES (0);
CREATE TRIGGER subscription_added AFTER INSERT ON subscriptions BEGIN
  UPDATE waiting_changes SET number = number + 1;
END;
CREATE TRIGGER subscription_prepared AFTER UPDATE OF encoder, embedding ON subscriptions BEGIN
  UPDATE waiting_changes SET number = number + 1;
END;
CREATE TRIGGER subscription_ended AFTER DELETE ON subscriptions BEGIN
  UPDATE waiting_changes SET number = number + 1;
END;
