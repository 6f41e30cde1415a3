"""The small pack that the examples of the page of functions are worked out over; a test plays it."""

WORLD = """\
pack: examples
version: 1.0.0
fiscal_year: {starts: 04-01}
large_numbers: {Million: 1000000, Myriad: 10000}
---
doctype: Currency
company: none
name: {by: code}
fields: {code: {type: text, required: true}}
---
doctype: Account
company: none
name: {by: code}
tree: inside
fields:
  code:   {type: text, required: true}
  inside: {type: link, to: Account}
---
doctype: Company
company: none
name: {by: code}
fields:
  code:     {type: text, required: true}
  currency: {type: link, to: Currency, required: true}
  till:     {type: link, to: Account, required: true}
---
doctype: Item
company: none
name: {by: code}
fields:
  code:       {type: text, required: true}
  stock_unit: {type: text, required: true}
---
ledger: Cash
dimensions: {account: {link: Account, required: true}}
measures: {amount: {type: money, in: company}}
---
rules: Accounts
given: {company: Company}
roles: {till: [company.till]}
---
rules: Exchange Rate
given: {currency: Currency, into: Currency, day: date}
cases: {dollar: {when: currency.code == 'USD', give: {rate: 0.8}}, other: {give: {rate: 1}}}
---
rules: Unit Ratio
given: {unit: text, stock_unit: text}
cases: {strip: {give: {holds: 10, of: 1}}}
---
doctype: Receipt
company: required
submittable: true
date: day
fields:
  day:    {type: date, required: true}
  till:   {type: link, to: Account, required: true}
  amount: {type: money, in: company, required: true}
posts: {in_cash: {ledger: Cash, set: {account: till, amount: amount}}}
---
doctype: Order
company: required
date: day
money: {currency: currency, rate: exchange_rate}
fields:
  day:           {type: date, required: true}
  currency:      {type: link, to: Currency, required: true}
  exchange_rate: {type: rate, required: true}
  account:       {type: link, to: Account}
  item:          {type: link, to: Item}
  unit:          {type: text}
  quantity:      {type: quantity, unit: unit}
  note:          {type: text}
  holidays:      {type: table, fields: {day: {type: date}}}
  items:         {type: table, fields: {what: {type: text}, quantity: {type: decimal}, amount: {type: money}}}
  total:         {type: money, formula: sum(items.amount)}
---
test: An order
today: 2026-05-15
records:
  Currency: {usd: {code: USD}, eur: {code: EUR}}
  Account:  {cash: {code: CASH}, front: {code: FRONT, inside: cash}}
  Company:  {main: {code: MAIN, currency: eur, till: front}}
  Item:     {pills: {code: PILLS, stock_unit: tablet}}
steps:
  first: {make: Receipt, given: {day: 2026-04-02, till: FRONT, amount: 250}, do: submit}
  second: {make: Receipt, given: {day: 2026-05-10, till: FRONT, amount: 100}, do: submit}
  order:
    make: Order
    given:
      {day: 2026-05-15, currency: USD, exchange_rate: 0.8, account: FRONT, item: PILLS, unit: strip, quantity: 3,
       holidays: [{day: 2026-05-01}], items: [{what: Soap, quantity: 3, amount: 30},
       {what: Rice, quantity: 2, amount: 90.50}, {what: Sample, quantity: 1}]}
    then: {total: 120.50}
"""
