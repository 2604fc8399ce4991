-- Statements and their rates on a working day, from pg_stat_statements; ids, times and texts come as parameters.

-- name: sign in
-- rate: 60/s
select id, role from agent where account_id = $1 and lower(email) = lower($2) and disabled_at is null;

-- name: agents of an account
-- rate: 35/s
select id, email, role from agent where account_id = $1 and disabled_at is null;

-- name: owners of an account
-- rate: 2/s
select id, email from agent where account_id = $1 and role = 'owner';

-- name: account by subdomain
-- rate: 900/s
select id, plan from account where subdomain = $1;

-- name: paying accounts
-- rate: 0.02/s
select id, subdomain from account where plan = 'enterprise' and closed_at is null;

-- name: contact by e-mail
-- rate: 210/s
select id, name from contact where account_id = $1 and lower(email) = lower($2);

-- name: contact by e-mail, any account
-- rate: 1.5/s
select account_id, id from contact where lower(email) = lower($1);

-- name: contact by phone
-- rate: 24/s
select id, name from contact where account_id = $1 and phone = $2;

-- name: contacts merged into one
-- rate: 3/s
select id from contact where merged_into = $1;

-- name: contact by id
-- rate: 800/s
select name, email, phone from contact where id = $1;

-- name: newest contacts
-- rate: 5/s
select id, name, created_at from contact where account_id = $1 order by created_at desc limit 50;

-- name: contacts of an account, count
-- rate: 0.3/s
select count(*) from contact where account_id = $1 and merged_into is null;

-- name: contacts without address
-- rate: 0.004/s
select count(*) from contact where account_id = $1 and email is null and phone is null;

-- name: ticket by id
-- rate: 1400/s
select * from ticket where id = $1;

-- name: ticket by number
-- rate: 450/s
select * from ticket where account_id = $1 and number = $2;

-- name: next number
-- rate: 55/s
select max(number) from ticket where account_id = $1;

-- name: tickets of a requester
-- rate: 130/s
select id, number, subject, status from ticket where requester_id = $1 and deleted_at is null order by created_at desc limit 20;

-- name: open tickets of a requester
-- rate: 90/s
select id, number, subject from ticket where requester_id = $1 and status in ('new', 'open', 'pending', 'hold');

-- name: count of a requester
-- rate: 70/s
select count(*) from ticket where requester_id = $1;

-- name: my open tickets
-- rate: 160/s
select id, number, subject, priority, due_at from ticket where assignee_id = $1 and status in ('new', 'open') and deleted_at is null order by priority desc, created_at;

-- name: my pending tickets
-- rate: 40/s
select id, number, subject from ticket where assignee_id = $1 and status = 'pending' and deleted_at is null;

-- name: my open count
-- rate: 220/s
select count(*) from ticket where assignee_id = $1 and status in ('new', 'open');

-- name: team queue
-- rate: 95/s
select id, number, subject, created_at from ticket where team_id = $1 and assignee_id is null and status in ('new', 'open') and deleted_at is null and not spam order by created_at limit 50;

-- name: team open count
-- rate: 120/s
select count(*) from ticket where team_id = $1 and status in ('new', 'open', 'pending', 'hold');

-- name: account queue
-- rate: 45/s
select id, number, subject, created_at from ticket where account_id = $1 and status = 'new' and deleted_at is null and not spam order by created_at limit 50;

-- name: account on hold
-- rate: 4/s
select id, number, subject from ticket where account_id = $1 and status = 'hold';

-- name: account open by priority
-- rate: 18/s
select priority, count(*) from ticket where account_id = $1 and status in ('new', 'open', 'pending', 'hold') and deleted_at is null group by priority;

-- name: urgent
-- rate: 25/s
select id, number, subject from ticket where account_id = $1 and priority = 4 and status in ('new', 'open');

-- name: overdue of an account
-- rate: 28/s
select id, number, due_at from ticket where account_id = $1 and due_at < $2 and status in ('new', 'open') order by due_at;

-- name: overdue anywhere
-- rate: 0.5/s
select id, account_id, due_at from ticket where due_at between $1 and $2 and status in ('new', 'open', 'pending');

-- name: deleted of an account
-- rate: 0.6/s
select id, number, deleted_at from ticket where account_id = $1 and deleted_at is not null order by deleted_at desc limit 50;

-- name: to purge
-- rate: 0.02/s
select id from ticket where deleted_at < $1 order by deleted_at limit 1000;

-- name: spam of an account
-- rate: 2.5/s
select id, number, subject from ticket where account_id = $1 and spam and created_at >= $2;

-- name: to close
-- rate: 0.05/s
select id from ticket where status = 'solved' and solved_at < $1 limit 1000;

-- name: recently updated
-- rate: 30/s
select id, number, subject, updated_at from ticket where account_id = $1 and deleted_at is null order by updated_at desc limit 30;

-- name: created per day
-- rate: 1.2/s
select (created_at at time zone 'UTC')::date, count(*) from ticket where account_id = $1 and created_at >= '2026-10-01' group by 1;

-- name: channels of a month
-- rate: 0.4/s
select channel, count(*) from ticket where account_id = $1 and created_at >= '2026-10-01' and created_at < '2026-11-01' group by channel;

-- name: solved by agent
-- rate: 0.8/s
select count(*), avg(solved_at - created_at) from ticket where assignee_id = $1 and solved_at >= '2026-10-01';

-- name: api tickets of an account
-- rate: 0.3/s
select id, number from ticket where account_id = $1 and channel = 'api' order by created_at desc limit 100;

-- name: escalated phone tickets
-- rate: 0.2/s
select id, number from ticket where channel = 'phone' and priority = 4 and status = 'open' and account_id = $1;

-- name: messages of a ticket
-- rate: 1100/s
select id, author_id, kind, size, created_at from message where ticket_id = $1 order by created_at;

-- name: last reply of a ticket
-- rate: 240/s
select max(created_at) from message where ticket_id = $1 and kind = 'reply';

-- name: notes of a ticket
-- rate: 30/s
select id, author_id, created_at from message where ticket_id = $1 and kind = 'note';

-- name: incoming mail, in reply to
-- rate: 175/s
select ticket_id from message where message_id = $1;

-- name: mail to send
-- rate: 12/s
select id, ticket_id from message where delivery = 'queued' order by created_at limit 200;

-- name: failed mail of a day
-- rate: 0.05/s
select id, ticket_id from message where delivery = 'failed' and created_at >= $1;

-- name: size of a ticket
-- rate: 15/s
select sum(size) from message where ticket_id = $1;

-- name: messages of an author, last
-- rate: 8/s
select ticket_id, created_at from message where author_id = $1 order by created_at desc limit 10;

-- name: messages of an hour
-- rate: 0.01/s
select kind, count(*) from message where created_at >= $1 and created_at < $1 + interval '1 hour' group by kind;

-- name: attachments of a message
-- rate: 380/s
select id, sha256, bytes, verdict from attachment where message_id = $1;

-- name: attachments of a ticket
-- rate: 95/s
select a.id, a.bytes from attachment a join message m on m.id = a.message_id where m.ticket_id = $1;

-- name: attachment known already
-- rate: 42/s
select id, verdict from attachment where sha256 = $1 limit 1;

-- name: to scan
-- rate: 9/s
select id, sha256 from attachment where scanned_at is null limit 100;

-- name: malware
-- rate: 0.1/s
select id, message_id from attachment where verdict = 'malware' order by id desc limit 100;

-- name: tags of a ticket
-- rate: 700/s
select tag_id from tagging where ticket_id = $1;

-- name: tickets of a tag
-- rate: 22/s
select t.id, t.number, t.subject from tagging g join ticket t on t.id = g.ticket_id where g.tag_id = $1 and g.account_id = $2 and t.deleted_at is null limit 50;

-- name: uses of a tag
-- rate: 6/s
select count(*) from tagging where tag_id = $1;

-- name: rating of a ticket
-- rate: 190/s
select score, comment from rating where ticket_id = $1;

-- name: ratings of an agent
-- rate: 4/s
select score, count(*) from rating where agent_id = $1 and created_at >= '2026-10-01' group by score;

-- name: bad ratings with a comment
-- rate: 0.7/s
select id, ticket_id, comment from rating where agent_id = $1 and score <= 2 and comment is not null order by created_at desc limit 20;

-- name: bad ratings of a week
-- rate: 0.01/s
select r.agent_id, count(*) from rating r where r.score = 1 and r.created_at >= '2026-10-25' group by r.agent_id;

-- name: calls to make
-- rate: 30/s
select id, ticket_id from webhook_call where state = 'waiting' and next_attempt_at <= $1 order by next_attempt_at limit 100;

-- name: calls that died
-- rate: 1/s
select id, ticket_id, created_at from webhook_call where account_id = $1 and state = 'dead' order by created_at desc limit 50;

-- name: calls for a ticket
-- rate: 3.5/s
select id, state, created_at from webhook_call where ticket_id = $1;

-- name: calls of an account per state
-- rate: 0.2/s
select state, count(*) from webhook_call where account_id = $1 group by state;

-- name: calls to purge
-- rate: 0.02/s
select id from webhook_call where created_at < $1 limit 1000;

-- name: requester card
-- rate: 85/s
select c.name, c.email, (select count(*) from ticket t where t.requester_id = c.id and t.status in ('new', 'open', 'pending', 'hold')) from contact c where c.id = $1;

-- name: tickets of an address
-- rate: 14/s
select t.id, t.number, t.status from ticket t join contact c on c.id = t.requester_id where c.account_id = $1 and lower(c.email) = lower($2) order by t.created_at desc limit 20;

-- name: unanswered tickets of a team
-- rate: 7/s
select t.id, t.number from ticket t where t.team_id = $1 and t.status = 'open' and not exists (select from message m where m.ticket_id = t.id and m.kind = 'reply');

-- name: workload of agents
-- rate: 11/s
select t.assignee_id, count(*) from ticket t where t.account_id = $1 and t.status in ('new', 'open') and t.assignee_id is not null group by t.assignee_id;
