-- How far a search server has read this store, as its own JSON, by where it is and what it is for.
CREATE TABLE positions(name TEXT PRIMARY KEY, content TEXT NOT NULL) STRICT, WITHOUT ROWID;
