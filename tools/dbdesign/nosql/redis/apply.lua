-- Checks guards, then runs commands: all or nothing, since Redis runs nothing else meanwhile.
-- KEYS     every key that is read or written, all of one slot
-- ARGV[1]  guards, a JSON list of [kind, key number, ...]
-- ARGV[2]  commands, a JSON list of [name, key number, ...]; {"of": n} stands for the n-th command's result, {"argument": n} for
--          the n-th of the further arguments, which hold what JSON cannot
-- Returns {"ok", results as JSON}, or {"refused", kind, key} where a guard does not hold: then nothing was written.
local checks = {}

function checks.absent(key) return redis.call('EXISTS', key) == 0 end
function checks.present(key) return redis.call('EXISTS', key) == 1 end
function checks.without(key, field) return redis.call('HEXISTS', key, field) == 0 end
function checks.with(key, field) return redis.call('HEXISTS', key, field) == 1 end

function checks.free(key, owner)
  local found = redis.call('GET', key)
  return not found or found == owner
end

function checks.same(key, field, expected)
  local found = redis.call('HGET', key, field)
  return (found or nil) == (expected ~= cjson.null and expected or nil)
end

function checks.packed(key, field, attribute, expected)
  local found = redis.call('HGET', key, field)
  local value = found and cjson.decode(found)[attribute] or nil
  return value == (expected ~= cjson.null and expected or nil)
end

function checks.least(key, field, by, minimum)
  return tonumber(redis.call('HGET', key, field) or 0) + tonumber(by) >= tonumber(minimum)
end

-- A bucket's field holds an entity as a JSON object of strings: attributes in `set` are replaced, null removes one.
local function merge(key, field, set)
  local entity = cjson.decode(redis.call('HGET', key, field) or '{}')
  for name, value in pairs(set) do
    if value == cjson.null then entity[name] = nil else entity[name] = value end
  end
  return redis.call('HSET', key, field, cjson.encode(entity))
end

-- A reserved value is freed by its owner alone.
local function free(key, owner)
  return redis.call('GET', key) == owner and redis.call('DEL', key) or 0
end

for _, guard in ipairs(cjson.decode(ARGV[1])) do
  if not checks[guard[1]](KEYS[guard[2]], unpack(guard, 3)) then
    return {'refused', guard[1], KEYS[guard[2]]}
  end
end

local results = {}
for number, command in ipairs(cjson.decode(ARGV[2])) do
  local arguments = {}
  for place = 3, #command do
    local one = command[place]
    if type(one) == 'table' and one.of then one = results[one.of]
    elseif type(one) == 'table' and one.argument then one = ARGV[2 + one.argument] end
    arguments[place - 2] = one
  end
  local key = KEYS[command[2]]
  local result
  if command[1] == 'MERGE' then result = merge(key, unpack(arguments))
  elseif command[1] == 'FREE' then result = free(key, unpack(arguments))
  else result = redis.call(command[1], key, unpack(arguments)) end
  results[number] = type(result) == 'table' and 'OK' or result
end
return {'ok', cjson.encode(results)}
