-- How often an address that a delivery brought along may have been used: Slack takes a few messages at each.
CREATE TABLE address_uses (
    address      TEXT   NOT NULL PRIMARY KEY, -- a hash of the address
    uses         BIGINT NOT NULL,
    forgotten_at BIGINT NOT NULL              -- Unix seconds
);
