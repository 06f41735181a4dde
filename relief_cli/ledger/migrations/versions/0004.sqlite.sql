CREATE TABLE overpayments (
    overpayment INTEGER NOT NULL,
    event INTEGER NOT NULL,
    recovery INTEGER NOT NULL,
    programme TEXT NOT NULL,
    cycle TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (overpayment),
    UNIQUE (recovery, programme, cycle),
    CHECK (amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event),
    FOREIGN KEY(recovery) REFERENCES recoveries (recovery)
)
 STRICT
--
CREATE TRIGGER overpayments_no_UPDATE BEFORE UPDATE ON overpayments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER overpayments_no_DELETE BEFORE DELETE ON overpayments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
