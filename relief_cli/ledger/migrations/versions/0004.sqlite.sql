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
--
CREATE TABLE attempts (
    occasion INTEGER NOT NULL,
    person TEXT NOT NULL,
    attempt INTEGER NOT NULL,
    PRIMARY KEY (occasion, person, attempt),
    CHECK (attempt > 0),
    FOREIGN KEY(occasion) REFERENCES occasions (occasion)
)
 WITHOUT ROWID,
 STRICT
--
INSERT INTO attempts SELECT occasion, person, attempt FROM entitlements WHERE attempt > 0
--
CREATE TRIGGER attempts_no_UPDATE BEFORE UPDATE ON attempts
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER attempts_no_DELETE BEFORE DELETE ON attempts
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
DROP TRIGGER entitlements_attempt
--
DROP INDEX once
--
ALTER TABLE entitlements RENAME TO entitlements_0003
--
CREATE TABLE entitlements (
    entitlement INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    payment INTEGER NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    category TEXT NOT NULL,
    county TEXT,
    township TEXT,
    household INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    ground INTEGER NOT NULL,
    sheet INTEGER NOT NULL,
    sheet_row INTEGER NOT NULL,
    member INTEGER NOT NULL,
    occasion INTEGER NOT NULL,
    attempt INTEGER NOT NULL,
    again INTEGER,
    PRIMARY KEY (entitlement),
    CONSTRAINT again CHECK (coalesce(again, 0) = attempt),
    FOREIGN KEY(occasion, person, again) REFERENCES attempts (occasion, person, attempt),
    CHECK (attempt >= 0),
    CHECK (amount_fen > 0),
    CHECK (length(person) = 18),
    FOREIGN KEY(batch, occasion) REFERENCES batches (batch, occasion),
    CHECK (entitlement / 100000000 = batch),
    FOREIGN KEY(payment) REFERENCES payments (payment)
)
 STRICT
--
INSERT INTO entitlements (entitlement, batch, payment, person, name, category, county, township, household, amount_fen, ground, sheet, sheet_row, member, occasion, attempt, again)
SELECT entitlement, batch, payment, person, name, category, county, township, household, amount_fen, ground, sheet, sheet_row, member, occasion, attempt, nullif(attempt, 0) FROM entitlements_0003
--
DROP TABLE entitlements_0003
--
CREATE UNIQUE INDEX once ON entitlements (occasion, person, attempt)
--
CREATE TRIGGER entitlements_no_UPDATE BEFORE UPDATE ON entitlements
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER entitlements_no_DELETE BEFORE DELETE ON entitlements
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER attempts_after BEFORE INSERT ON attempts
WHEN (NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    ))
BEGIN SELECT RAISE(ABORT, 'UNIQUE: attempts.person has an entitlement that stands'); END
