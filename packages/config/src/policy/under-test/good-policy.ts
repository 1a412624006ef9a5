/** A policy with something of everything. */

export const goodPolicy = `policy: shop
version: 3
title: { en: Shop, zh: 商店 }
measures:
  spend365: { op: sum, of: netSpend, window: P365D }
  spendThisYear: { op: sum, of: netSpend, window: calendarYear }
  orders365: { op: count, of: purchase, window: P365D, title: { en: Orders, zh: 订单数 } }
  calls90: { op: count, of: interaction, kind: call, window: P90D }
  lastOrder: { op: last, of: purchase }
  silence: { op: since, of: purchase }
  satisfaction: { op: mean, of: feedback.score, window: P180D }
  needs: { op: topTopics, of: topic, window: P90D, topics: 3 }
  region: { op: attribute, attribute: region, type: text }
  isPartner: { op: attribute, attribute: isPartner, type: flag }
  potential: { op: attribute, attribute: potential, type: number, digits: 0 }
  basket: { op: expression, expression: spend365 / orders365, unit: money }
  spendScore: { op: score, measure: spend365, better: more, cuts: [100.00, 500.00, "1500.00"] }
programs:
  value:
    kind: ladder
    demote: now
    depth: oneLevel
    graceDays: 30
    minTenureDays: 60
    confirmDays: 14
    hysteresisPercent: 10
    refunds: immediate
    warnings:
      expiringDays: [30, 7, 1]
      approaching: { withinPercent: 20, coolDownDays: 14 }
    tiers:
      - tier: gold
        when:
          all:
            - spend365 >= 1000.00
            - region in ["north", "east"]
            - any: [isPartner == true, silence <= 90]
        playbook:
          sales: { en: Visit every quarter, zh: 每季度拜访 }
      - tier: silver
        when: { any: [spendScore >= 2, calls90 > 5] }
      - tier: bronze
  account:
    kind: ladder
    by: scorecard
    demote: atExpiry
    validity: calendarYear
    scorecard:
      - measure: spendThisYear
        weight: 60
        points:
          - { when: ">= 300.00", points: 50 }
          - { when: ">= 2000.00", points: 100 }
      - measure: satisfaction
        weight: 40
        points: [{ when: ">= 80", points: 100 }]
    tiers:
      - { tier: A, from: 75 }
      - { tier: B, from: "40.00" }
      - tier: C
  quadrant:
    kind: segment
    by: matrix
    axes:
      value: { measure: spend365, levels: [low, high], cuts: [500.00] }
      potential: { measure: potential, levels: [small, fair, large], cuts: [3, 7] }
    tiers:
      - { tier: star, at: [high, large] }
      - { tier: cow, at: [high, any] }
      - { tier: question, at: [low, large] }
      - { tier: rest, at: [any, any] }
  rfm:
    kind: segment
    by: rfm
    rfm:
      recency: { measure: silence, cuts: [120, 60, 30, 10], highFrom: 4 }
      frequency: { measure: orders365, mean: 4.16 }
      monetary: { measure: spend365, mean: 812.40 }
  shares:
    kind: ladder
    by: pyramid
    pyramid: { measure: spend365 }
    population: { among: { all: [orders365 >= 1] }, deadBandPercent: 2, minCustomers: 300, minDays: 90 }
    tiers:
      - { tier: head, share: 1, from: 8000.00, playbookCost: 900.00 }
      - { tier: body, share: 19.5, from: "950.00" }
      - { tier: tail, share: "79.50" }
      - tier: asleep
  fifths:
    kind: segment
    by: rfm
    population: { scores: type7 }
    rfm:
      recency: { measure: silence, cuts: [110, 55, 25, 5], highFrom: 3 }
      frequency: { measure: orders365, mean: 3 }
      monetary: { measure: spend365, cuts: [11.00, 22.00, 33.00, 44.00], highFrom: 3 }
  leaving:
    kind: ladder
    by: exit
    warnings: { expiringDays: [14] }
    exit:
      when: { all: [spend365 < 50.00, silence > 180] }
      vetoes: [isPartner == true, needs contains "contract"]
      reentry: { any: [orders365 >= 3] }
    tiers:
      - tier: served
      - { tier: watch, dwellDays: 60, reviewDays: 30 }
      - { tier: notice, dwellDays: 30 }
      - tier: gone
`;
