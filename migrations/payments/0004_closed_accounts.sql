-- A top-up that is paid after its member has left is not credited: nobody could spend it. The payer gets it back at the provider.
DROP TRIGGER transfers_refused;
CREATE TRIGGER transfers_refused BEFORE INSERT ON transfers
BEGIN
  SELECT RAISE(ABORT, 'TRANSFER_KNOWN') FROM transfers WHERE id = NEW.id;
  SELECT RAISE(ABORT, 'WALLET_FROZEN') FROM accounts
    WHERE id IN (NEW.debit, NEW.credit) AND frozen_at_ms IS NOT NULL AND NEW.cause_kind <> 'correction';
  SELECT RAISE(ABORT, 'ACCOUNT_CLOSED') FROM accounts
    WHERE id = NEW.credit AND closed_at_ms IS NOT NULL AND NEW.cause_kind IN ('transfer', 'charge');
  SELECT RAISE(ABORT, 'INSUFFICIENT_BALANCE') FROM accounts
    WHERE id = NEW.debit AND (kind = 'member' OR owner = 'escrow') AND balance - held < NEW.amount;
END;
