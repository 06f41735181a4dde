CREATE TABLE occasions (
    occasion INTEGER NOT NULL,
    programme TEXT NOT NULL,
    name TEXT NOT NULL,
    PRIMARY KEY (occasion),
    UNIQUE (programme, name)
)
 STRICT
--
CREATE TABLE operators (
    operator INTEGER NOT NULL,
    name TEXT NOT NULL,
    role TEXT NOT NULL,
    public_key TEXT NOT NULL,
    PRIMARY KEY (operator),
    CHECK (length(public_key) = 64),
    UNIQUE (name),
    UNIQUE (public_key)
)
 STRICT
--
CREATE TABLE batches (
    batch INTEGER NOT NULL,
    name TEXT NOT NULL,
    programme TEXT NOT NULL,
    cycle TEXT NOT NULL,
    sequence INTEGER NOT NULL,
    occasion INTEGER NOT NULL,
    region TEXT NOT NULL,
    office TEXT NOT NULL,
    pay_on TEXT NOT NULL,
    inputs_digest TEXT NOT NULL,
    rows_read INTEGER NOT NULL,
    follows INTEGER,
    PRIMARY KEY (batch),
    UNIQUE (programme, cycle, sequence),
    UNIQUE (programme, cycle, inputs_digest),
    UNIQUE (batch, occasion),
    CHECK (sequence > 0 AND rows_read >= 0),
    UNIQUE (name),
    FOREIGN KEY(occasion) REFERENCES occasions (occasion),
    FOREIGN KEY(follows) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE events (
    event INTEGER NOT NULL,
    at TEXT NOT NULL,
    kind TEXT NOT NULL,
    batch INTEGER,
    body TEXT NOT NULL,
    previous TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (event),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    UNIQUE (previous),
    UNIQUE (digest)
)
 STRICT
--
CREATE INDEX ix_events_batch ON events (batch)
--
CREATE TABLE files (
    batch INTEGER NOT NULL,
    path TEXT NOT NULL,
    kind TEXT NOT NULL,
    format TEXT NOT NULL,
    payments INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    first_payment INTEGER NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (batch, path),
    CHECK (length(sha256) = 64 AND size >= 0),
    CHECK (payments >= 0 AND amount_fen >= 0),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 WITHOUT ROWID,
 STRICT
--
CREATE TABLE findings (
    line INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    "row" INTEGER NOT NULL,
    input INTEGER NOT NULL,
    sheet INTEGER NOT NULL,
    sheet_row INTEGER NOT NULL,
    member INTEGER NOT NULL,
    code TEXT NOT NULL,
    severity TEXT NOT NULL,
    field TEXT,
    cell TEXT,
    detail TEXT,
    PRIMARY KEY (line),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE grounds (
    ground INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    reason TEXT NOT NULL,
    reference TEXT,
    PRIMARY KEY (ground),
    CHECK (ground / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE inputs (
    input INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    name TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (input),
    CHECK (length(sha256) = 64),
    CHECK (input / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE parameters (
    line INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    name TEXT NOT NULL,
    place TEXT,
    value TEXT NOT NULL,
    unit TEXT,
    since TEXT,
    reference TEXT,
    PRIMARY KEY (line),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE payments (
    payment INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    payee_name TEXT NOT NULL,
    payee_id_number TEXT,
    account_number TEXT NOT NULL,
    bank TEXT,
    bank_name TEXT,
    format TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    beneficiaries INTEGER NOT NULL,
    PRIMARY KEY (payment),
    CHECK (amount_fen > 0 AND beneficiaries > 0),
    CHECK (payment / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE shares (
    line INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    county TEXT NOT NULL,
    source TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    PRIMARY KEY (line),
    UNIQUE (batch, county, source),
    CHECK (amount_fen >= 0),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE sheets (
    sheet INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    input INTEGER NOT NULL,
    name TEXT,
    header_row INTEGER NOT NULL,
    header TEXT,
    rows INTEGER NOT NULL,
    totals INTEGER NOT NULL,
    notes INTEGER NOT NULL,
    PRIMARY KEY (sheet),
    CHECK (sheet / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE unpaid (
    line INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    "row" INTEGER NOT NULL,
    input INTEGER NOT NULL,
    sheet INTEGER NOT NULL,
    sheet_row INTEGER NOT NULL,
    member INTEGER NOT NULL,
    fate TEXT NOT NULL,
    codes TEXT,
    cells TEXT,
    PRIMARY KEY (line),
    UNIQUE (batch, "row"),
    CHECK (fate IN ('held', 'skipped')),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE TABLE approvals (
    batch INTEGER NOT NULL,
    operator INTEGER NOT NULL,
    event INTEGER NOT NULL,
    content TEXT NOT NULL,
    signature TEXT NOT NULL,
    PRIMARY KEY (batch, operator),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(operator) REFERENCES operators (operator),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
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
    PRIMARY KEY (entitlement),
    CHECK (attempt >= 0),
    CHECK (amount_fen > 0),
    CHECK (length(person) = 18),
    FOREIGN KEY(batch, occasion) REFERENCES batches (batch, occasion),
    CHECK (entitlement / 100000000 = batch),
    FOREIGN KEY(payment) REFERENCES payments (payment)
)
 STRICT
--
CREATE UNIQUE INDEX once ON entitlements (occasion, person, attempt)
--
CREATE TABLE receipts (
    receipt INTEGER NOT NULL,
    event INTEGER NOT NULL,
    source TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    document TEXT NOT NULL,
    received_on TEXT NOT NULL,
    PRIMARY KEY (receipt),
    UNIQUE (source, document),
    CHECK (amount_fen <> 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE recoveries (
    recovery INTEGER NOT NULL,
    event INTEGER NOT NULL,
    person TEXT NOT NULL,
    name TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    since TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (recovery),
    CHECK (length(person) = 18 AND amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE rejections (
    batch INTEGER NOT NULL,
    event INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (batch),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE returns (
    answer INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    event INTEGER NOT NULL,
    name TEXT NOT NULL,
    format TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    size INTEGER NOT NULL,
    PRIMARY KEY (answer),
    UNIQUE (batch, sha256),
    CHECK (length(sha256) = 64 AND size > 0),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE revocations (
    operator INTEGER NOT NULL,
    event INTEGER NOT NULL,
    PRIMARY KEY (operator),
    FOREIGN KEY(operator) REFERENCES operators (operator),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE stops (
    stop INTEGER NOT NULL,
    event INTEGER NOT NULL,
    person TEXT NOT NULL,
    since TEXT NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (stop),
    CHECK (length(person) = 18),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE repayments (
    repayment INTEGER NOT NULL,
    event INTEGER NOT NULL,
    recovery INTEGER NOT NULL,
    amount_fen INTEGER NOT NULL,
    repaid_on TEXT NOT NULL,
    document TEXT NOT NULL,
    PRIMARY KEY (repayment),
    UNIQUE (recovery, document),
    CHECK (amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event),
    FOREIGN KEY(recovery) REFERENCES recoveries (recovery)
)
 STRICT
--
CREATE TABLE resumptions (
    stop INTEGER NOT NULL,
    event INTEGER NOT NULL,
    reason TEXT NOT NULL,
    PRIMARY KEY (stop),
    FOREIGN KEY(stop) REFERENCES stops (stop),
    FOREIGN KEY(event) REFERENCES events (event)
)
 STRICT
--
CREATE TABLE return_lines (
    line INTEGER NOT NULL,
    answer INTEGER NOT NULL,
    place TEXT NOT NULL,
    payment INTEGER,
    verdict TEXT NOT NULL,
    reference TEXT NOT NULL,
    account_number TEXT NOT NULL,
    payee_name TEXT NOT NULL,
    amount_fen INTEGER NOT NULL,
    result TEXT NOT NULL,
    reason TEXT NOT NULL,
    code TEXT NOT NULL,
    PRIMARY KEY (line),
    CHECK (verdict IN ('paid', 'failed', 'reversed', 'open', 'repeated', 'unmatched', 'ambiguous', 'differs', 'contradicts')),
    FOREIGN KEY(answer) REFERENCES returns (answer),
    FOREIGN KEY(payment) REFERENCES payments (payment)
)
 STRICT
--
CREATE TABLE resolutions (
    payment INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (payment),
    UNIQUE (payment, outcome),
    CHECK (outcome IN ('paid', 'failed')),
    FOREIGN KEY(payment) REFERENCES payments (payment),
    FOREIGN KEY(line) REFERENCES return_lines (line)
)
 STRICT
--
CREATE TABLE failures (
    payment INTEGER NOT NULL,
    outcome TEXT NOT NULL,
    line INTEGER NOT NULL,
    PRIMARY KEY (payment),
    FOREIGN KEY(payment, outcome) REFERENCES resolutions (payment, outcome),
    FOREIGN KEY(line) REFERENCES return_lines (line)
)
 STRICT
--
CREATE TABLE follow_ups (
    payment INTEGER NOT NULL,
    batch INTEGER NOT NULL,
    follows INTEGER NOT NULL,
    PRIMARY KEY (payment),
    FOREIGN KEY(follows) REFERENCES failures (payment),
    CHECK (payment / 100000000 = batch),
    FOREIGN KEY(payment) REFERENCES payments (payment),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
 STRICT
--
CREATE INDEX followed ON follow_ups (follows)
--
CREATE TRIGGER occasions_no_UPDATE BEFORE UPDATE ON occasions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER occasions_no_DELETE BEFORE DELETE ON occasions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER operators_no_UPDATE BEFORE UPDATE ON operators
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER operators_no_DELETE BEFORE DELETE ON operators
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER batches_no_UPDATE BEFORE UPDATE ON batches
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER batches_no_DELETE BEFORE DELETE ON batches
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER events_no_UPDATE BEFORE UPDATE ON events
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER events_no_DELETE BEFORE DELETE ON events
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER files_no_UPDATE BEFORE UPDATE ON files
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER files_no_DELETE BEFORE DELETE ON files
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER findings_no_UPDATE BEFORE UPDATE ON findings
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER findings_no_DELETE BEFORE DELETE ON findings
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER grounds_no_UPDATE BEFORE UPDATE ON grounds
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER grounds_no_DELETE BEFORE DELETE ON grounds
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER inputs_no_UPDATE BEFORE UPDATE ON inputs
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER inputs_no_DELETE BEFORE DELETE ON inputs
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER parameters_no_UPDATE BEFORE UPDATE ON parameters
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER parameters_no_DELETE BEFORE DELETE ON parameters
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER payments_no_UPDATE BEFORE UPDATE ON payments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER payments_no_DELETE BEFORE DELETE ON payments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER shares_no_UPDATE BEFORE UPDATE ON shares
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER shares_no_DELETE BEFORE DELETE ON shares
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER sheets_no_UPDATE BEFORE UPDATE ON sheets
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER sheets_no_DELETE BEFORE DELETE ON sheets
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER unpaid_no_UPDATE BEFORE UPDATE ON unpaid
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER unpaid_no_DELETE BEFORE DELETE ON unpaid
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER approvals_no_UPDATE BEFORE UPDATE ON approvals
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER approvals_no_DELETE BEFORE DELETE ON approvals
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER entitlements_no_UPDATE BEFORE UPDATE ON entitlements
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER entitlements_no_DELETE BEFORE DELETE ON entitlements
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER receipts_no_UPDATE BEFORE UPDATE ON receipts
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER receipts_no_DELETE BEFORE DELETE ON receipts
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER recoveries_no_UPDATE BEFORE UPDATE ON recoveries
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER recoveries_no_DELETE BEFORE DELETE ON recoveries
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER rejections_no_UPDATE BEFORE UPDATE ON rejections
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER rejections_no_DELETE BEFORE DELETE ON rejections
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER returns_no_UPDATE BEFORE UPDATE ON returns
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER returns_no_DELETE BEFORE DELETE ON returns
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER revocations_no_UPDATE BEFORE UPDATE ON revocations
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER revocations_no_DELETE BEFORE DELETE ON revocations
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER stops_no_UPDATE BEFORE UPDATE ON stops
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER stops_no_DELETE BEFORE DELETE ON stops
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER repayments_no_UPDATE BEFORE UPDATE ON repayments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER repayments_no_DELETE BEFORE DELETE ON repayments
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER resumptions_no_UPDATE BEFORE UPDATE ON resumptions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER resumptions_no_DELETE BEFORE DELETE ON resumptions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER return_lines_no_UPDATE BEFORE UPDATE ON return_lines
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER return_lines_no_DELETE BEFORE DELETE ON return_lines
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER resolutions_no_UPDATE BEFORE UPDATE ON resolutions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER resolutions_no_DELETE BEFORE DELETE ON resolutions
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER failures_no_UPDATE BEFORE UPDATE ON failures
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER failures_no_DELETE BEFORE DELETE ON failures
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER follow_ups_no_UPDATE BEFORE UPDATE ON follow_ups
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER follow_ups_no_DELETE BEFORE DELETE ON follow_ups
BEGIN SELECT RAISE(ABORT, 'rows are only added'); END
--
CREATE TRIGGER approvals_decided BEFORE INSERT ON approvals
WHEN EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
    OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch went out or was rejected'); END
--
CREATE TRIGGER rejections_decided BEFORE INSERT ON rejections
WHEN EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
    OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch went out or was rejected'); END
--
CREATE TRIGGER entitlements_attempt BEFORE INSERT ON entitlements WHEN NEW.attempt > 0
BEGIN
    SELECT RAISE(ABORT, 'UNIQUE: entitlements.person has an entitlement that stands')
    WHERE NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    );
END
--
CREATE TRIGGER files_of_rejected BEFORE INSERT ON files
WHEN EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch was rejected'); END
--
CREATE TRIGGER returns_of_sent BEFORE INSERT ON returns
WHEN NOT EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch)
BEGIN SELECT RAISE(ABORT, 'the batch did not go out'); END
--
PRAGMA application_id = 1380273222
--
PRAGMA user_version = 4
