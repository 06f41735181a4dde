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
