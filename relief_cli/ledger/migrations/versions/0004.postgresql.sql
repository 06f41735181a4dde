CREATE TABLE overpayments (
    overpayment BIGINT NOT NULL,
    event BIGINT NOT NULL,
    recovery BIGINT NOT NULL,
    programme TEXT COLLATE "C" NOT NULL,
    cycle TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    PRIMARY KEY (overpayment),
    UNIQUE (recovery, programme, cycle),
    CHECK (amount_fen > 0),
    FOREIGN KEY(event) REFERENCES events (event),
    FOREIGN KEY(recovery) REFERENCES recoveries (recovery)
)
--
CREATE FUNCTION overpayments_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER overpayments_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON overpayments FOR EACH STATEMENT EXECUTE FUNCTION overpayments_grows_only()
--
ALTER TABLE overpayments ENABLE ALWAYS TRIGGER overpayments_grows_only
--
CREATE TABLE attempts (
    occasion BIGINT NOT NULL,
    person TEXT COLLATE "C" NOT NULL,
    attempt BIGINT NOT NULL,
    PRIMARY KEY (occasion, person, attempt),
    CHECK (attempt > 0),
    FOREIGN KEY(occasion) REFERENCES occasions (occasion)
)
--
INSERT INTO attempts SELECT occasion, person, attempt FROM entitlements WHERE attempt > 0
--
CREATE FUNCTION attempts_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER attempts_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON attempts FOR EACH STATEMENT EXECUTE FUNCTION attempts_grows_only()
--
ALTER TABLE attempts ENABLE ALWAYS TRIGGER attempts_grows_only
--
CREATE FUNCTION attempts_after() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN
    IF NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    ) THEN
        RAISE EXCEPTION 'UNIQUE: attempts.person has an entitlement that stands' USING ERRCODE = '23505', TABLE = 'attempts';
    END IF;
    RETURN NEW;
END$$
--
CREATE TRIGGER attempts_after BEFORE INSERT ON attempts FOR EACH ROW EXECUTE FUNCTION attempts_after()
--
ALTER TABLE attempts ENABLE ALWAYS TRIGGER attempts_after
--
DROP TRIGGER entitlements_attempt ON entitlements
--
DROP FUNCTION entitlements_attempt()
--
ALTER TABLE entitlements ADD COLUMN again BIGINT
--
ALTER TABLE entitlements DISABLE TRIGGER entitlements_grows_only
--
UPDATE entitlements SET again = attempt WHERE attempt > 0
--
ALTER TABLE entitlements ENABLE ALWAYS TRIGGER entitlements_grows_only
--
ALTER TABLE entitlements ADD CONSTRAINT again CHECK (coalesce(again, 0) = attempt)
--
ALTER TABLE entitlements ADD FOREIGN KEY (occasion, person, again) REFERENCES attempts (occasion, person, attempt)
