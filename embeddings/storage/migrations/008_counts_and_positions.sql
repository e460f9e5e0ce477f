-- How many articles and passages there are, and how many articles have no date: kept as they come and go, as counting
-- a million takes half a second.
CREATE TABLE counts(name TEXT PRIMARY KEY, number INTEGER NOT NULL) STRICT, WITHOUT ROWID;
INSERT INTO counts SELECT 'articles', count(*) FROM articles;
INSERT INTO counts SELECT 'undated', count(*) FROM articles WHERE published IS NULL;
INSERT INTO counts SELECT 'passages', count(*) FROM passages;
CREATE TRIGGER count_article AFTER INSERT ON articles BEGIN
  UPDATE counts SET number = number + 1 WHERE name = 'articles';
  UPDATE counts SET number = number + (new.published IS NULL) WHERE name = 'undated';
END;
CREATE TRIGGER count_article_no_more AFTER DELETE ON articles BEGIN
  UPDATE counts SET number = number - 1 WHERE name = 'articles';
  UPDATE counts SET number = number - (old.published IS NULL) WHERE name = 'undated';
END;
CREATE TRIGGER count_undated AFTER UPDATE OF published ON articles BEGIN
  UPDATE counts SET number = number + (new.published IS NULL) - (old.published IS NULL) WHERE name = 'undated';
END;
CREATE TRIGGER count_passage AFTER INSERT ON passages BEGIN
  UPDATE counts SET number = number + 1 WHERE name = 'passages';
END;
CREATE TRIGGER count_passage_no_more AFTER DELETE ON passages BEGIN
  UPDATE counts SET number = number - 1 WHERE name = 'passages';
END;
-- With the titles in it, words are looked for in them, newest first, without reading the articles.
DROP INDEX articles_by_date;
CREATE INDEX articles_by_date ON articles(published DESC, id, title);
-- How far a search server has read this store, as its own JSON, by where it is and what it is for.
CREATE TABLE positions(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
