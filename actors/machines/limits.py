"""Owns every limit of the exchange, named with its unit, and the relations between them.

Never holds behaviour; a limit that is configuration per installation only has its default here.
Called by machines (guards), by rabbit and processes (sizes) and by resources (validation).
"""

from typing import Final

# Numbers: prices are ticks of 1/10000 of probability, quantities 1/10000 of a currency
# unit of payout, money 1/10^8 of a currency unit, so price x quantity is exact.
PRICE_SCALE: Final = 10_000
PRICE_MIN: Final = 1
PRICE_MAX: Final = PRICE_SCALE - 1
QUANTITY_MIN: Final = 1
QUANTITY_MAX: Final = 10**10
MONEY_SCALE: Final = 10**8
DEPOSIT_MAX: Final = 10**9 * MONEY_SCALE // 100
"""The largest single deposit or withdrawal: 10 million currency units."""
MONEY_PER_STREAM_MAX: Final = 10**9 * MONEY_SCALE
"""All that one account stream may hold from outside: a billion currency units."""
COMMISSION_SCALE: Final = 10_000
COMMISSION_MAX: Final = COMMISSION_SCALE // 2

# Names and texts, in characters.
USERNAME_LENGTH_MIN: Final = 3
USERNAME_LENGTH_MAX: Final = 32
PASSWORD_LENGTH_MIN: Final = 10
PASSWORD_LENGTH_MAX: Final = 1024
DISPLAY_NAME_LENGTH_MAX: Final = 64
BIO_LENGTH_MAX: Final = 1_000
NAME_LENGTH_MAX: Final = 200
DESCRIPTION_LENGTH_MAX: Final = 10_000
REASON_LENGTH_MAX: Final = 1_000
API_KEY_NAME_LENGTH_MAX: Final = 64
REFERENCE_ID_LENGTH_MAX: Final = 64
CHALLENGE_MESSAGE_LENGTH_MAX: Final = 500
COMMENT_LENGTH_MAX: Final = 2_000
IDEMPOTENCY_KEY_LENGTH_MAX: Final = 255

# Counts.
STREAMS_OF_A_KIND_MAX: Final = 16
CONTRACTS_PER_MARKET_MAX: Final = 200
LADDER_STEPS_MAX: Final = 32
SET_LEGS_PER_ARRIVAL_MAX: Final = 10_000
"""Resting orders' parts in the sets of one arriving order; more would take a market's host too long."""
SET_LEGS_PER_AUCTION_MAX: Final = 100_000
"""The same of all sets that one auction ends with, which are in one record."""
BATCH_OPERATIONS_MAX: Final = 100
LIVE_ORDERS_PER_ACCOUNT_MAX: Final = 100_000
LIVE_ORDERS_PER_ACCOUNT_AND_MARKET_MAX: Final = 20_000
PRICE_LEVELS_PER_MEMBER_AND_CONTRACT_MAX: Final = 500
"""Prices at which one member may have live orders in one contract."""
FINISHED_ORDERS_KEPT_PER_ACCOUNT: Final = 10_000
"""Finished orders an account actor still answers for; older ones live in documents only."""
KEYS_KEPT_PER_ACCOUNT: Final = 50_000
"""Answered idempotency keys of one member; past it the oldest is forgotten first."""
API_KEYS_PER_ACCOUNT_MAX: Final = 20
OPEN_CHALLENGES_PER_ACCOUNT_MAX: Final = 100
"""Challenges that one member has offered and that are not at an end."""
OPEN_CHALLENGES_PER_MARKET_MAX: Final = 10_000
CHALLENGE_EXECUTIONS_FROM: Final = 10**15
"""The execution of a challenge has this and its id; those of the book are numbered without gaps."""
TIMERS_PER_TURN_MAX: Final = 5_000
"""What one turn of a stream does because its time has come; the rest is done by the next."""
CLEARING_PER_ANSWER_MAX: Final = 100
"""Markets of which one answer says what the house holds."""
FOLLOWED_MAX: Final = 2_000
"""Members, markets and events that one member may follow: so many streams their home stream is read from."""
FOLLOWERS_COUNTED_MAX: Final = 1_000
"""Followers that are counted for who asks: of each it is looked whether they may be seen."""
BLOCKED_MAX: Final = 2_000
MUTED_MAX: Final = 2_000
"""Members whom one member may have blocked, and muted."""
MENTIONS_PER_COMMENT_MAX: Final = 10
"""Members whom one comment names; those after them are plain text."""
COMMENTS_BURST: Final = 10
"""Comments, edits and reports that a member who was quiet may write at once in one social stream."""
REPORTS_TO_QUEUE: Final = 3
"""Members whose reports bring a comment before staff; then staff's word begins a new count."""
REPORTS_PER_COMMENT_MAX: Final = 50
"""Reports of one comment that are kept; more tell nothing new."""
BADGE_MARKS_MAX: Final = 1_000
"""Markets of one member that one badge waits for the end of; more are not counted."""
NOTIFICATIONS_KEPT_MAX: Final = 100
"""Notifications of one member that can be marked read or unread; an older one counts as read."""
BADGES_COUNTED_AT_ONCE_MAX: Final = 1_000
"""Members whose past one record has of a badge that was declared later; the next has the next ones."""
MESSAGES_PER_LETTER_MAX: Final = 5_000
MESSAGES_WAITING_MAX: Final = 10_000
"""Messages to a market's stream that it has not taken; past it no order is accepted for its markets."""
REQUESTS_PER_TURN_MAX: Final = 256
RECORDS_READ_UNSAID_MAX: Final = 1_000
"""Records of other logs that led to nothing, before a social stream notes that it has read them."""
CELLS_SHOWN_AT_ONCE_MAX: Final = 500
"""Places of one member on the leaderboards that one event shows or hides."""
MEMBERS_SCORED_AT_ONCE_MAX: Final = 500
"""Members whose result of a settled market one record of a social stream has; the next has the next ones."""
EVENTS_READ_PER_TURN_MAX: Final = 2_000
"""A social stream's turn takes records of other logs until they have so many events."""
ORDERS_SWEPT_AT_ONCE_MAX: Final = 5_000
"""Orders that one record of a market stream cancels when the kill switch cancels all."""
SWITCHES_WAITING_MAX: Final = 100
"""Moves of the kill switch that not every stream has acknowledged."""

# Times, in the unit that the name ends with.
TIME_US_MAX: Final = 253_402_300_799_999_999
"""The end of the year 9999: RFC 3339 can't write what comes after."""
KEY_KEPT_US: Final = 24 * 3600 * 1_000_000
WEB_KEY_KEPT_US: Final = 60 * 1_000_000
"""A key that the web made for a client that sent none only has to outlive the web's own retries."""
SESSION_LIFE_S: Final = 14 * 24 * 3600
DAY_US: Final = 24 * 3600 * 1_000_000
API_KEY_LIFE_US: Final = 90 * DAY_US
"""How long an API key lives where its member doesn't say."""
API_KEY_LIFE_MAX_US: Final = 366 * DAY_US
CHALLENGE_LIFE_MAX_US: Final = 366 * DAY_US
"""How long a challenge may be open at most: it holds its challenger's funds."""
COMMENT_INTERVAL_US: Final = 10_000_000
"""After a burst a member may write a comment each time that this has passed."""
TIMERS_LOOK_AGAIN_US: Final = 10_000_000
"""A host looks so often whether something is due, however far away it seems: the wall clock may be set."""
IN_PLAY_DELAY_MAX_MS: Final = 60_000
AUCTION_LIFE_MAX_S: Final = 7 * 24 * 3600
"""How long an auction collects at most that ends by itself."""
ANSWER_PENDING_AFTER_MS: Final = 2_000
ANSWER_UNKNOWN_AFTER_MS: Final = 5_000

# Sizes, in bytes.
BODY_BYTES_MAX: Final = 1_048_576
RECORD_BYTES_MAX: Final = 64 * 1_048_576

# HTTP lists.
PAGE_LIMIT_DEFAULT: Final = 20
PAGE_LIMIT_MAX: Final = 1_000
SEARCH_LENGTH_MAX: Final = 100
SEARCH_WORDS_MAX: Final = 8
IDS_PER_REQUEST_MAX: Final = 100
RECONCILED_PER_PAGE_MAX: Final = 200
"""Members' accounts on one page of the ledger's reconciliation: each is asked for, and read twice."""
QUOTES_DEPTH_DEFAULT: Final = 10
QUOTES_DEPTH_MAX: Final = 1_000
HISTORY_BLOCK_CANDLES: Final = 120
"""Candles in one document: two hours of minutes, five days of hours."""
HISTORY_LIMIT_DEFAULT: Final = 100
HISTORY_CANDLES_MAX: Final = 20_000
"""Candles that one answer may hold: intervals times contracts."""

# The web: what one process of it allows and how long it waits.
URL_CHARACTERS_MAX: Final = 8_192
LINKS_REMEMBERED_MAX: Final = 2_000
"""Paths and queries (up to 8 KiB each) whose links one web process remembers."""
PUBLIC_ANSWER_AGE_MS: Final = 50
"""A public answer may be so much older than the documents, when it is asked for all the time."""
FORM_FIELDS_MAX: Final = 1_000
ACCEPTS_REMEMBERED_MAX: Final = 1_000
"""Values of ``Accept`` that one web process remembers what it chose for."""
URL_BYTES_READ_MAX: Final = 16_384
HEADERS_MAX: Final = 100
HEADERS_BYTES_MAX: Final = 32_768
HEAD_BYTES_MAX: Final = 65_536
"""A request's first line and headers, as they are sent: past it the connection is closed."""
HEAD_WITHIN_S: Final = 10
BODY_WITHIN_S: Final = 15
"""How long a request's head, and then its body, may take to arrive."""
UNREAD_WITHIN_S: Final = 120
"""How long a client may read nothing of an answer that waits for it."""
BODY_BYTES_TAKEN_MAX: Final = 8 * BODY_BYTES_MAX
"""So much of a body that is too large is still taken off the connection, so that its answer arrives."""
REQUEST_BYTES_MAX: Final = 2 * BODY_BYTES_TAKEN_MAX
"""All of a request as it is sent, with the lengths of its chunks; past it nothing more is read."""
CONNECTIONS_MAX: Final = 20_000
"""Past it, or near the end of what files a process may have open, idle connections are closed."""
FILES_SPARED: Final = 256
"""Files of the web that are no connections: documents, journal, ways to the actors."""
PIPELINED_MAX: Final = 32
"""Requests that one connection may send before the first of them is answered."""
COMMANDS_UNDER_WAY_MAX: Final = 4_000
COMMANDS_UNDER_WAY_ALWAYS: Final = 256
"""So many commands nobody is refused for: however slow things are, a few clients only wait."""
READS_UNDER_WAY_MAX: Final = 4_000
URGENT_UNDER_WAY_MAX: Final = 64
BODY_BYTES_UNDER_WAY_MAX: Final = 64 * 1_048_576
ASKED_AT_ONCE_FIRST: Final = 512
ASKED_AT_ONCE_MIN: Final = 32
ASKED_AT_ONCE_MAX: Final = 4_000
"""Commands that an account stream is asked at a time: at first, however late its answers are, at most."""
ANSWER_LATE_AFTER_MS: Final = 500
"""Where most answers take longer, the stream is asked for less."""
LOOP_LATE_AFTER_MS: Final = 250
"""A round of the web's event loop that takes longer means more work than can be answered in time."""
MEMBER_RATE_PER_S: Final = 10_000
"""Requests and operations of batches of one member; ``CREDENCE_MEMBER_RATE`` changes it."""
ADDRESS_RATE_PER_S: Final = 200
"""Requests from one address of who isn't signed in; ``CREDENCE_ADDRESS_RATE`` changes it."""
RATE_PER_S_MAX: Final = 10**9
COST_REQUEST: Final = 5
"""What a request costs of somebody's rate, and each operation of a batch, in parts of a request."""
COST_PASSWORD: Final = 10 * COST_REQUEST
"""What it costs to have a password hashed or checked, which is slow on purpose."""
COST_CANCEL: Final = 1
"""What a cancel costs: who wants to get out of the market must not be kept in it."""
BURST_S: Final = 5
"""For how many seconds' worth somebody who was quiet may ask at once."""
WRONG_PASSWORDS_WINDOW_S: Final = 300
WRONG_PASSWORDS_PER_USERNAME: Final = 10
WRONG_PASSWORDS_PER_ADDRESS: Final = 50
"""So many wrong passwords within the window; then one each time that the window lets another one in."""
HASHES_WAITING_MAX: Final = 64
"""Passwords that may wait to be hashed or checked; more are told to come back."""
READS_WAITING_MAX: Final = 1_000
"""Reads of documents that may wait for a thread; more are told to come back."""
MEMBERS_REMEMBERED_MAX: Final = 10_000
"""Members whose session and last write one web process remembers."""
SESSION_CHECKED_MS: Final = 500
"""How long a session's generation is believed before its account is asked again."""
OWN_WRITE_WAIT_MS: Final = 250
WAIT_S_MAX: Final = 30
RETRY_AFTER_S: Final = 1

assert QUANTITY_MAX * PRICE_MAX < MONEY_PER_STREAM_MAX
assert DEPOSIT_MAX <= MONEY_PER_STREAM_MAX
assert MONEY_PER_STREAM_MAX * STREAMS_OF_A_KIND_MAX < 2**63
assert CONTRACTS_PER_MARKET_MAX <= SET_LEGS_PER_ARRIVAL_MAX <= SET_LEGS_PER_AUCTION_MAX
assert ANSWER_PENDING_AFTER_MS < ANSWER_UNKNOWN_AFTER_MS < WEB_KEY_KEPT_US // 1_000
assert LIVE_ORDERS_PER_ACCOUNT_AND_MARKET_MAX <= LIVE_ORDERS_PER_ACCOUNT_MAX
assert BATCH_OPERATIONS_MAX <= MESSAGES_PER_LETTER_MAX
assert COMMANDS_UNDER_WAY_ALWAYS < COMMANDS_UNDER_WAY_MAX
assert ASKED_AT_ONCE_MIN < ASKED_AT_ONCE_FIRST < ASKED_AT_ONCE_MAX
assert API_KEY_LIFE_US <= API_KEY_LIFE_MAX_US
assert COST_CANCEL <= COST_REQUEST
assert REPORTS_TO_QUEUE <= REPORTS_PER_COMMENT_MAX
assert LOOP_LATE_AFTER_MS <= ANSWER_LATE_AFTER_MS < ANSWER_PENDING_AFTER_MS
assert HISTORY_LIMIT_DEFAULT * CONTRACTS_PER_MARKET_MAX <= HISTORY_CANDLES_MAX
assert URL_CHARACTERS_MAX < URL_BYTES_READ_MAX < HEADERS_BYTES_MAX < HEAD_BYTES_MAX
assert BODY_BYTES_MAX * URGENT_UNDER_WAY_MAX <= BODY_BYTES_UNDER_WAY_MAX
