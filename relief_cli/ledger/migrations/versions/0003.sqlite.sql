CREATE TABLE reserves (
    reserve INTEGER NOT NULL,
    event INTEGER NOT NULL,
    township TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    document TEXT NOT NULL,
    given_on TEXT NOT NULL,
    PRIMARY KEY (reserve),
    UNIQUE (township, document),
    CHECK (amount_fen <> 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TRIGGER reserves_no_UPDATE BEFORE UPDATE ON reserves
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER reserves_no_DELETE BEFORE DELETE ON reserves
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
