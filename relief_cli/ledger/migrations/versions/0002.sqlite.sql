DROP TRIGGER occasions_no_UPDATE
--
DROP TRIGGER occasions_no_DELETE
--
DROP TRIGGER operators_no_UPDATE
--
DROP TRIGGER operators_no_DELETE
--
DROP TRIGGER batches_no_UPDATE
--
DROP TRIGGER batches_no_DELETE
--
DROP TRIGGER events_no_UPDATE
--
DROP TRIGGER events_no_DELETE
--
DROP TRIGGER files_no_UPDATE
--
DROP TRIGGER files_no_DELETE
--
DROP TRIGGER findings_no_UPDATE
--
DROP TRIGGER findings_no_DELETE
--
DROP TRIGGER grounds_no_UPDATE
--
DROP TRIGGER grounds_no_DELETE
--
DROP TRIGGER inputs_no_UPDATE
--
DROP TRIGGER inputs_no_DELETE
--
DROP TRIGGER parameters_no_UPDATE
--
DROP TRIGGER parameters_no_DELETE
--
DROP TRIGGER payments_no_UPDATE
--
DROP TRIGGER payments_no_DELETE
--
DROP TRIGGER shares_no_UPDATE
--
DROP TRIGGER shares_no_DELETE
--
DROP TRIGGER sheets_no_UPDATE
--
DROP TRIGGER sheets_no_DELETE
--
DROP TRIGGER unpaid_no_UPDATE
--
DROP TRIGGER unpaid_no_DELETE
--
DROP TRIGGER approvals_no_UPDATE
--
DROP TRIGGER approvals_no_DELETE
--
DROP TRIGGER entitlements_no_UPDATE
--
DROP TRIGGER entitlements_no_DELETE
--
DROP TRIGGER receipts_no_UPDATE
--
DROP TRIGGER receipts_no_DELETE
--
DROP TRIGGER recoveries_no_UPDATE
--
DROP TRIGGER recoveries_no_DELETE
--
DROP TRIGGER rejections_no_UPDATE
--
DROP TRIGGER rejections_no_DELETE
--
DROP TRIGGER returns_no_UPDATE
--
DROP TRIGGER returns_no_DELETE
--
DROP TRIGGER revocations_no_UPDATE
--
DROP TRIGGER revocations_no_DELETE
--
DROP TRIGGER stops_no_UPDATE
--
DROP TRIGGER stops_no_DELETE
--
DROP TRIGGER repayments_no_UPDATE
--
DROP TRIGGER repayments_no_DELETE
--
DROP TRIGGER resumptions_no_UPDATE
--
DROP TRIGGER resumptions_no_DELETE
--
DROP TRIGGER return_lines_no_UPDATE
--
DROP TRIGGER return_lines_no_DELETE
--
DROP TRIGGER resolutions_no_UPDATE
--
DROP TRIGGER resolutions_no_DELETE
--
DROP TRIGGER failures_no_UPDATE
--
DROP TRIGGER failures_no_DELETE
--
DROP TRIGGER follow_ups_no_UPDATE
--
DROP TRIGGER follow_ups_no_DELETE
--
DROP TRIGGER approvals_decided
--
DROP TRIGGER rejections_decided
--
DROP TRIGGER entitlements_attempt
--
DROP TRIGGER files_of_rejected
--
DROP TRIGGER returns_of_sent
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
CREATE TRIGGER entitlements_attempt BEFORE INSERT ON entitlements
WHEN (new.attempt > 0) AND (NOT EXISTS (
        SELECT 1 FROM entitlements AS former
        WHERE former.occasion = NEW.occasion AND former.person = NEW.person
            AND former.attempt = NEW.attempt - 1
            AND (
                former.batch IN (SELECT batch FROM rejections)
                OR former.payment IN (SELECT payment FROM failures)
            )
    ))
BEGIN SELECT RAISE(ABORT, 'UNIQUE: entitlements.person has an entitlement that stands'); END
--
CREATE TRIGGER approvals_decided BEFORE INSERT ON approvals
WHEN (EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
        OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch))
BEGIN SELECT RAISE(ABORT, 'the batch went out or was rejected'); END
--
CREATE TRIGGER rejections_decided BEFORE INSERT ON rejections
WHEN (EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch)
        OR EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch))
BEGIN SELECT RAISE(ABORT, 'the batch went out or was rejected'); END
--
CREATE TRIGGER files_of_rejected BEFORE INSERT ON files
WHEN (EXISTS (SELECT 1 FROM rejections WHERE batch = NEW.batch))
BEGIN SELECT RAISE(ABORT, 'the batch was rejected'); END
--
CREATE TRIGGER returns_of_sent BEFORE INSERT ON returns
WHEN (NOT EXISTS (SELECT 1 FROM files WHERE batch = NEW.batch))
BEGIN SELECT RAISE(ABORT, 'the batch did not go out'); END
--
PRAGMA user_version = 5
