CREATE TABLE reserves (
    reserve BIGINT NOT NULL,
    event BIGINT NOT NULL,
    township TEXT COLLATE "C" NOT NULL,
    amount_fen BIGINT NOT NULL,
    document TEXT COLLATE "C" NOT NULL,
    given_on TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (reserve),
    UNIQUE (township, document),
    CHECK (amount_fen <> 0),
    FOREIGN KEY(event) REFERENCES events (event)
)
--
CREATE FUNCTION reserves_grows_only() RETURNS trigger LANGUAGE plpgsql SET search_path = {schema}, pg_temp AS $$BEGIN RAISE EXCEPTION 'rows are only added' USING ERRCODE = '23000'; END$$
--
CREATE TRIGGER reserves_grows_only BEFORE DELETE OR UPDATE OR TRUNCATE ON reserves FOR EACH STATEMENT EXECUTE FUNCTION reserves_grows_only()
--
ALTER TABLE reserves ENABLE ALWAYS TRIGGER reserves_grows_only
