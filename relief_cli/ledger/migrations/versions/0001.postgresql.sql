CREATE TABLE occasions (
    occasion BIGINT NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (occasion),
    UNIQUE (programme, name)
)
--
CREATE TABLE operators (
    operator BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    public_key TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (operator),
    CHECK (length(public_key) = 64),
    UNIQUE (name),
    UNIQUE (public_key)
)
--
CREATE TABLE batches (
    batch BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    sequence BIGINT NOT NULL,
    occasion BIGINT NOT NULL,
    region TEXT COLLATE "C" NOT NULL,
    office TEXT COLLATE "C" NOT NULL,
    pay_on TEXT COLLATE "C" NOT NULL,
    inputs_digest TEXT COLLATE "C" NOT NULL,
    rows_read BIGINT NOT NULL,
    follows BIGINT,
    PRIMARY KEY (batch),
    UNIQUE (programme, cycle, sequence),
    UNIQUE (programme, cycle, inputs_digest),
    UNIQUE (batch, occasion),
    CHECK (sequence > 0 AND rows_read >= 0),
    UNIQUE (name),
    FOREIGN KEY(occasion) REFERENCES occasions (occasion),
    FOREIGN KEY(follows) REFERENCES batches (batch)
)
--
CREATE TABLE events (
    event BIGINT NOT NULL,
    at TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    batch BIGINT,
    body TEXT COLLATE "C" NOT NULL,
    previous TEXT COLLATE "C" NOT NULL,
    digest TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (event),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    UNIQUE (previous),
    UNIQUE (digest)
)
--
CREATE INDEX ix_events_batch ON events (batch)
--
CREATE TABLE files (
    batch BIGINT NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL,
    payments BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    first_payment BIGINT NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (batch, path),
    CHECK (length(sha256) = 64 AND size >= 0),
    CHECK (payments >= 0 AND amount_fen >= 0),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE findings (
    line BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    row BIGINT NOT NULL,
    input BIGINT NOT NULL,
    sheet BIGINT NOT NULL,
    sheet_row BIGINT NOT NULL,
    member BIGINT NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    severity TEXT COLLATE "C" NOT NULL,
    field TEXT COLLATE "C",
    cell TEXT COLLATE "C",
    detail TEXT COLLATE "C",
    PRIMARY KEY (line),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE grounds (
    ground BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C",
    PRIMARY KEY (ground),
    CHECK (ground / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE inputs (
    input BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (input),
    CHECK (length(sha256) = 64),
    CHECK (input / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE parameters (
    line BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C",
    value TEXT COLLATE "C" NOT NULL,
    unit TEXT COLLATE "C",
    since TEXT COLLATE "C",
    reference TEXT COLLATE "C",
    PRIMARY KEY (line),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE payments (
    payment BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    payee_name TEXT COLLATE "C" NOT NULL,
    payee_id_number TEXT COLLATE "C",
    account_number TEXT COLLATE "C" NOT NULL,
    bank TEXT COLLATE "C",
    bank_name TEXT COLLATE "C",
    format TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    beneficiaries BIGINT NOT NULL,
    PRIMARY KEY (payment),
    CHECK (amount_fen > 0 AND beneficiaries > 0),
    CHECK (payment / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE shares (
    line BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    county TEXT COLLATE "C" NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (line),
    UNIQUE (batch, county, source),
    CHECK (amount_fen >= 0),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE sheets (
    sheet BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    input BIGINT NOT NULL,
    name TEXT COLLATE "C",
    header_row BIGINT NOT NULL,
    header TEXT COLLATE "C",
    rows BIGINT NOT NULL,
    totals BIGINT NOT NULL,
    notes BIGINT NOT NULL,
    PRIMARY KEY (sheet),
    CHECK (sheet / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE unpaid (
    line BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    row BIGINT NOT NULL,
    input BIGINT NOT NULL,
    sheet BIGINT NOT NULL,
    sheet_row BIGINT NOT NULL,
    member BIGINT NOT NULL,
    fate TEXT COLLATE "C" NOT NULL,
    codes TEXT COLLATE "C",
    cells TEXT COLLATE "C",
    PRIMARY KEY (line),
    UNIQUE (batch, row),
    CHECK (fate IN ('held', 'skipped')),
    CHECK (line / 100000000 = batch),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE TABLE approvals (
    batch BIGINT NOT NULL,
    operator BIGINT NOT NULL,
    event BIGINT NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    signature TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (batch, operator),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(operator) REFERENCES operators (operator),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE entitlements (
    entitlement BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    payment BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C" NOT NULL,
    county TEXT COLLATE "C",
    township TEXT COLLATE "C",
    household BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    ground BIGINT NOT NULL,
    sheet BIGINT NOT NULL,
    sheet_row BIGINT NOT NULL,
    member BIGINT NOT NULL,
    occasion BIGINT NOT NULL,
    attempt BIGINT NOT NULL,
    PRIMARY KEY (entitlement),
    CHECK (attempt >= 0),
    CHECK (amount_fen > 0),
    CHECK (length(person) = 18),
    FOREIGN KEY(batch, occasion) REFERENCES batches (batch, occasion),
    CHECK (entitlement / 100000000 = batch),
    FOREIGN KEY(payment) REFERENCES payments (payment)
)
--
CREATE UNIQUE INDEX once ON entitlements (occasion, person, attempt)
--
CREATE TABLE receipts (
    receipt BIGINT NOT NULL,
    event BIGINT NOT NULL,
    source TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    received_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (receipt),
    UNIQUE (source, document),
    CHECK (amount_fen <> 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE recoveries (
    recovery BIGINT NOT NULL,
    event BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    since TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (recovery),
    CHECK (length(person) = 18 AND amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE rejections (
    batch BIGINT NOT NULL,
    event BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (batch),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE returns (
    answer BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    event BIGINT NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    format TEXT COLLATE "C" NOT NULL,
    sha256 TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    PRIMARY KEY (answer),
    UNIQUE (batch, sha256),
    CHECK (length(sha256) = 64 AND size > 0),
    FOREIGN KEY(batch) REFERENCES batches (batch),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE revocations (
    operator BIGINT NOT NULL,
    event BIGINT NOT NULL,
    PRIMARY KEY (operator),
    FOREIGN KEY(operator) REFERENCES operators (operator),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE stops (
    stop BIGINT NOT NULL,
    event BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    since TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (stop),
    CHECK (length(person) = 18),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE repayments (
    repayment BIGINT NOT NULL,
    event BIGINT NOT NULL,
    recovery BIGINT NOT NULL,
    amount_fen BIGINT NOT NULL,
    repaid_on TEXT COLLATE "C" NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (repayment),
    UNIQUE (recovery, document),
    CHECK (amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event),
    FOREIGN KEY(recovery) REFERENCES recoveries (recovery)
)
--
CREATE TABLE resumptions (
    stop BIGINT NOT NULL,
    event BIGINT NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (stop),
    FOREIGN KEY(stop) REFERENCES stops (stop),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE TABLE return_lines (
    line BIGINT NOT NULL,
    answer BIGINT NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    payment BIGINT,
    verdict TEXT COLLATE "C" NOT NULL,
    reference TEXT COLLATE "C" NOT NULL,
    account_number TEXT COLLATE "C" NOT NULL,
    payee_name TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    result TEXT COLLATE "C" NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (line),
    CHECK (verdict IN ('paid', 'failed', 'reversed', 'open', 'repeated', 'unmatched', 'ambiguous', 'differs', 'contradicts')),
    FOREIGN KEY(answer) REFERENCES returns (answer),
    FOREIGN KEY(payment) REFERENCES payments (payment)
)
--
CREATE TABLE resolutions (
    payment BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    PRIMARY KEY (payment),
    UNIQUE (payment, outcome),
    CHECK (outcome IN ('paid', 'failed')),
    FOREIGN KEY(payment) REFERENCES payments (payment),
    FOREIGN KEY(line) REFERENCES return_lines (line)
)
--
CREATE TABLE failures (
    payment BIGINT NOT NULL,
    outcome TEXT COLLATE "C" NOT NULL,
    line BIGINT NOT NULL,
    PRIMARY KEY (payment),
    FOREIGN KEY(payment, outcome) REFERENCES resolutions (payment, outcome),
    FOREIGN KEY(line) REFERENCES return_lines (line)
)
--
CREATE TABLE follow_ups (
    payment BIGINT NOT NULL,
    batch BIGINT NOT NULL,
    follows BIGINT NOT NULL,
    PRIMARY KEY (payment),
    FOREIGN KEY(follows) REFERENCES failures (payment),
    CHECK (payment / 100000000 = batch),
    FOREIGN KEY(payment) REFERENCES payments (payment),
    FOREIGN KEY(batch) REFERENCES batches (batch)
)
--
CREATE INDEX followed ON follow_ups (follows)
--
CREATE FUNCTION occasions_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER occasions_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON occasions FOR EACH STATEMENT EXECUTE FUNCTION occasions_grows_only()
--
ALTER TABLE occasions ENABLE ALWAYS TRIGGER occasions_grows_only
--
CREATE FUNCTION operators_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER operators_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON operators FOR EACH STATEMENT EXECUTE FUNCTION operators_grows_only()
--
ALTER TABLE operators ENABLE ALWAYS TRIGGER operators_grows_only
--
CREATE FUNCTION batches_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER batches_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON batches FOR EACH STATEMENT EXECUTE FUNCTION batches_grows_only()
--
ALTER TABLE batches ENABLE ALWAYS TRIGGER batches_grows_only
--
CREATE FUNCTION events_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER events_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON events FOR EACH STATEMENT EXECUTE FUNCTION events_grows_only()
--
ALTER TABLE events ENABLE ALWAYS TRIGGER events_grows_only
--
CREATE FUNCTION files_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER files_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON files FOR EACH STATEMENT EXECUTE FUNCTION files_grows_only()
--
ALTER TABLE files ENABLE ALWAYS TRIGGER files_grows_only
--
CREATE FUNCTION findings_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER findings_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON findings FOR EACH STATEMENT EXECUTE FUNCTION findings_grows_only()
--
ALTER TABLE findings ENABLE ALWAYS TRIGGER findings_grows_only
--
CREATE FUNCTION grounds_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER grounds_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON grounds FOR EACH STATEMENT EXECUTE FUNCTION grounds_grows_only()
--
ALTER TABLE grounds ENABLE ALWAYS TRIGGER grounds_grows_only
--
CREATE FUNCTION inputs_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER inputs_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON inputs FOR EACH STATEMENT EXECUTE FUNCTION inputs_grows_only()
--
ALTER TABLE inputs ENABLE ALWAYS TRIGGER inputs_grows_only
--
CREATE FUNCTION parameters_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER parameters_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON parameters FOR EACH STATEMENT EXECUTE FUNCTION parameters_grows_only()
--
ALTER TABLE parameters ENABLE ALWAYS TRIGGER parameters_grows_only
--
CREATE FUNCTION payments_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER payments_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON payments FOR EACH STATEMENT EXECUTE FUNCTION payments_grows_only()
--
ALTER TABLE payments ENABLE ALWAYS TRIGGER payments_grows_only
--
CREATE FUNCTION shares_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER shares_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON shares FOR EACH STATEMENT EXECUTE FUNCTION shares_grows_only()
--
ALTER TABLE shares ENABLE ALWAYS TRIGGER shares_grows_only
--
CREATE FUNCTION sheets_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER sheets_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON sheets FOR EACH STATEMENT EXECUTE FUNCTION sheets_grows_only()
--
ALTER TABLE sheets ENABLE ALWAYS TRIGGER sheets_grows_only
--
CREATE FUNCTION unpaid_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER unpaid_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON unpaid FOR EACH STATEMENT EXECUTE FUNCTION unpaid_grows_only()
--
ALTER TABLE unpaid ENABLE ALWAYS TRIGGER unpaid_grows_only
--
CREATE FUNCTION approvals_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER approvals_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON approvals FOR EACH STATEMENT EXECUTE FUNCTION approvals_grows_only()
--
ALTER TABLE approvals ENABLE ALWAYS TRIGGER approvals_grows_only
--
CREATE FUNCTION entitlements_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER entitlements_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON entitlements FOR EACH STATEMENT EXECUTE FUNCTION entitlements_grows_only()
--
ALTER TABLE entitlements ENABLE ALWAYS TRIGGER entitlements_grows_only
--
CREATE FUNCTION receipts_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER receipts_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON receipts FOR EACH STATEMENT EXECUTE FUNCTION receipts_grows_only()
--
ALTER TABLE receipts ENABLE ALWAYS TRIGGER receipts_grows_only
--
CREATE FUNCTION recoveries_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER recoveries_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON recoveries FOR EACH STATEMENT EXECUTE FUNCTION recoveries_grows_only()
--
ALTER TABLE recoveries ENABLE ALWAYS TRIGGER recoveries_grows_only
--
CREATE FUNCTION rejections_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER rejections_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON rejections FOR EACH STATEMENT EXECUTE FUNCTION rejections_grows_only()
--
ALTER TABLE rejections ENABLE ALWAYS TRIGGER rejections_grows_only
--
CREATE FUNCTION returns_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER returns_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON returns FOR EACH STATEMENT EXECUTE FUNCTION returns_grows_only()
--
ALTER TABLE returns ENABLE ALWAYS TRIGGER returns_grows_only
--
CREATE FUNCTION revocations_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER revocations_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON revocations FOR EACH STATEMENT EXECUTE FUNCTION revocations_grows_only()
--
ALTER TABLE revocations ENABLE ALWAYS TRIGGER revocations_grows_only
--
CREATE FUNCTION stops_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER stops_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON stops FOR EACH STATEMENT EXECUTE FUNCTION stops_grows_only()
--
ALTER TABLE stops ENABLE ALWAYS TRIGGER stops_grows_only
--
CREATE FUNCTION repayments_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER repayments_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON repayments FOR EACH STATEMENT EXECUTE FUNCTION repayments_grows_only()
--
ALTER TABLE repayments ENABLE ALWAYS TRIGGER repayments_grows_only
--
CREATE FUNCTION resumptions_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER resumptions_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON resumptions FOR EACH STATEMENT EXECUTE FUNCTION resumptions_grows_only()
--
ALTER TABLE resumptions ENABLE ALWAYS TRIGGER resumptions_grows_only
--
CREATE FUNCTION return_lines_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER return_lines_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON return_lines FOR EACH STATEMENT EXECUTE FUNCTION return_lines_grows_only()
--
ALTER TABLE return_lines ENABLE ALWAYS TRIGGER return_lines_grows_only
--
CREATE FUNCTION resolutions_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER resolutions_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON resolutions FOR EACH STATEMENT EXECUTE FUNCTION resolutions_grows_only()
--
ALTER TABLE resolutions ENABLE ALWAYS TRIGGER resolutions_grows_only
--
CREATE FUNCTION failures_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER failures_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON failures FOR EACH STATEMENT EXECUTE FUNCTION failures_grows_only()
--
ALTER TABLE failures ENABLE ALWAYS TRIGGER failures_grows_only
--
CREATE FUNCTION follow_ups_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER follow_ups_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON follow_ups FOR EACH STATEMENT EXECUTE FUNCTION follow_ups_grows_only()
--
ALTER TABLE follow_ups ENABLE ALWAYS TRIGGER follow_ups_grows_only
--
CREATE FUNCTION entitlements_attempt() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    ) THEN
        RAISE EXCEPTION 'UNIQUE: entitlements.person has an entitlement that stands' USING ERRCODE = '23505', TABLE = 'entitlements';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER entitlements_attempt BEFORE INSERT ON entitlements FOR EACH ROW WHEN (new.attempt > 0) EXECUTE FUNCTION entitlements_attempt()
--
ALTER TABLE entitlements ENABLE ALWAYS TRIGGER entitlements_attempt
--
CREATE FUNCTION approvals_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
        OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch) THEN
        RAISE EXCEPTION 'the batch went out or was rejected' USING ERRCODE = '23000', TABLE = 'approvals';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER approvals_decided BEFORE INSERT ON approvals FOR EACH ROW EXECUTE FUNCTION approvals_decided()
--
ALTER TABLE approvals ENABLE ALWAYS TRIGGER approvals_decided
--
CREATE FUNCTION rejections_decided() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
        OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch) THEN
        RAISE EXCEPTION 'the batch went out or was rejected' USING ERRCODE = '23000', TABLE = 'rejections';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER rejections_decided BEFORE INSERT ON rejections FOR EACH ROW EXECUTE FUNCTION rejections_decided()
--
ALTER TABLE rejections ENABLE ALWAYS TRIGGER rejections_decided
--
CREATE FUNCTION files_of_rejected() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch) THEN
        RAISE EXCEPTION 'the batch was rejected' USING ERRCODE = '23000', TABLE = 'files';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER files_of_rejected BEFORE INSERT ON files FOR EACH ROW EXECUTE FUNCTION files_of_rejected()
--
ALTER TABLE files ENABLE ALWAYS TRIGGER files_of_rejected
--
CREATE FUNCTION returns_of_sent() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF NOT EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch) THEN
        RAISE EXCEPTION 'the batch did not go out' USING ERRCODE = '23000', TABLE = 'returns';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER returns_of_sent BEFORE INSERT ON returns FOR EACH ROW EXECUTE FUNCTION returns_of_sent()
--
ALTER TABLE returns ENABLE ALWAYS TRIGGER returns_of_sent
