/**
 * A prediction as a picture: for each program the stream of customers from tier to tier, and the same as a matrix. An SVG
 * that needs nothing else, for whoever decides about the policy.
 */
import { CustomChart, type CustomSeriesOption, SankeyChart } from 'echarts/charts';
import { GridComponent, TitleComponent } from 'echarts/components';
import { init, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import type { Language } from '../language.ts';
import { titleOf, words } from '../report/words.ts';
import { introduction, tierNamer } from './describe-prediction.ts';
import { grouped, groupedMoney, percentOf } from './grouped.ts';
import { customersBy, type Prediction, type ProgramPrediction } from './prediction.ts';
import { type WhatIfWords, whatIfWords } from './what-if-words.ts';

use([SankeyChart, CustomChart, TitleComponent, GridComponent, SVGRenderer]);

const width = 1200;
const margin = 40;
const lineHeight = 24;
const headHeight = 60;
const rowHeight = 44;
const panelHeightMin = 240;
const sankeyWidth = 620;
const matrixLeft = margin + sankeyWidth + 190;
/** Without quotes, which would end the attribute that they stand in. */
const font = 'system-ui, PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif';

/** Told apart also by those who see no red or no green. */
const colours = {
  up: '#2a7fbf',
  down: '#d95f02',
  across: '#7a6fb0',
  first: '#4aa59a',
  end: '#8c564b',
  stays: '#b8bec8',
  node: '#4a5568',
  ink: '#1f2933',
  faint: '#667080',
} as const;

type Kind = 'up' | 'down' | 'across' | 'first' | 'end' | 'stays';

interface Panel {
  readonly program: ProgramPrediction;
  readonly top: number;
  readonly height: number;
}

export function drawPrediction(prediction: Prediction, language: Language): string {
  const said = whatIfWords[language];
  const lines = introduction(prediction, language);
  let top = margin + lines.length * lineHeight + 20;
  const panels = prediction.programs.map((program): Panel => {
    const height = Math.max(panelHeightMin, (program.tiers.length + 1) * rowHeight);
    const panel = { program, top: top + headHeight, height };
    top += headHeight + height + 50;
    return panel;
  });
  const chart = init(null, null, { renderer: 'svg', ssr: true, width, height: top + margin });
  // A chart that is not disposed of keeps the process alive.
  try {
    chart.setOption({
      animation: false,
      backgroundColor: '#ffffff',
      textStyle: { fontFamily: font, color: colours.ink },
      title: [
        ...lines.map((text, i) => ({
          text,
          left: margin,
          top: margin + i * lineHeight,
          textStyle: {
            fontSize: i === 0 ? 20 : 14,
            fontWeight: i === 0 ? 600 : 400,
            color: i === 0 ? colours.ink : colours.faint,
          },
        })),
        ...panels.flatMap(panel => panelTitles(prediction, panel, said, language)),
      ],
      grid: panels.map(({ top: gridTop, height }) => ({
        left: matrixLeft,
        top: gridTop + 30,
        width: width - matrixLeft - margin,
        height: height - 30,
      })),
      xAxis: panels.map(({ program }, gridIndex) => axis(program, gridIndex, 'to', said, language)),
      yAxis: panels.map(({ program }, gridIndex) => axis(program, gridIndex, 'from', said, language)),
      series: panels.flatMap((panel, index) => [
        sankey(panel, said, language),
        matrix(prediction, panel.program, index),
      ]),
    });
    return chart.renderToSVGString();
  } finally {
    chart.dispose();
  }
}

function panelTitles(prediction: Prediction, { program, top }: Panel, said: WhatIfWords, language: Language) {
  const { name, after, before, cells } = program;
  const status = after === null ? ` (${said.endedProgram})` : before === null ? ` (${said.newProgram})` : '';
  const title = `${titleOf(name, (after ?? before)?.title, words[language])}${status}`;
  const { base, genesis, revenueDays } = prediction;
  const parts = (['up', 'down', 'across', 'first', 'end'] as const)
    .filter(direction => program.moved[direction].customers > 0)
    .map(direction => {
      const { customers, revenueMinor } = program.moved[direction];
      const money = `${groupedMoney(revenueMinor, genesis.baseCurrencyDigits)} ${genesis.baseCurrency}`;
      return `{${direction}|■} ${said.directions[direction]} ${grouped(customers)} (${percentOf(customers, base.customers)}, ${money})`;
    });
  const stays = cells.filter(({ from, to }) => from === to).reduce((sum, { customers }) => sum + customers, 0);
  if (stays > 0) parts.push(`{stays|■} ${said.stays} ${grouped(stays)} (${percentOf(stays, base.customers)})`);
  const rich = Object.fromEntries(
    (['up', 'down', 'across', 'first', 'end', 'stays'] as const).map(kind => [
      kind,
      { color: colours[kind], fontSize: 16 },
    ]),
  );
  return [
    {
      text: title,
      subtext: `${parts.join('    ')}    · ${said.revenue(revenueDays)}`,
      left: margin,
      top: top - headHeight + 2,
      itemGap: 6,
      textStyle: { fontSize: 17, fontWeight: 600 as const, color: colours.ink },
      subtextStyle: { fontSize: 13, color: colours.ink, rich },
    },
    {
      text: said.fromTo,
      left: matrixLeft - 8,
      top: top + 6,
      textAlign: 'right' as const,
      textStyle: { fontSize: 13, fontWeight: 400 as const, color: colours.faint },
    },
  ];
}

function sankey({ program, top, height }: Panel, said: WhatIfWords, language: Language) {
  const named = tierNamer(program, said, words[language]);
  const sides = (['from', 'to'] as const).map(side => {
    const counts = customersBy(side, program);
    return [...program.tiers, null]
      .filter(tier => (counts.get(tier) ?? 0) > 0)
      .map(tier => ({
        name: nodeName(side, tier),
        depth: side === 'from' ? 0 : 1,
        itemStyle: { color: colours.node },
        label: {
          position: side === 'from' ? ('left' as const) : ('right' as const),
          formatter: `${named(tier)}  ${grouped(counts.get(tier)!)}`,
        },
      }));
  });
  return {
    type: 'sankey' as const,
    left: margin + 110,
    top,
    width: sankeyWidth - 240,
    height,
    nodeWidth: 14,
    nodeGap: 12,
    draggable: false,
    // Their order is that of the tiers.
    layoutIterations: 0,
    label: { color: colours.ink, fontSize: 13 },
    data: sides.flat(),
    links: program.cells.map(({ from, to, customers }) => ({
      source: nodeName('from', from),
      target: nodeName('to', to),
      value: customers,
      lineStyle: { color: colours[kindOf(program, from, to)], opacity: from === to ? 0.35 : 0.75 },
    })),
  };
}

/** A cell is the darker, the more customers go that way. */
function matrix({ base }: Prediction, program: ProgramPrediction, gridIndex: number): CustomSeriesOption {
  const [rows, columns] = [tiersOf(program, 'from'), tiersOf(program, 'to')];
  return {
    type: 'custom',
    xAxisIndex: gridIndex,
    yAxisIndex: gridIndex,
    data: program.cells.map(({ from, to }) => [columns.indexOf(to), rows.indexOf(from)]),
    renderItem: ({ dataIndex }, api) => {
      const { from, to, customers } = program.cells[dataIndex]!;
      const [x, y] = api.coord([columns.indexOf(to), rows.indexOf(from)]) as [number, number];
      const [cellWidth, cellHeight] = api.size!([1, 1]) as [number, number];
      const kind = kindOf(program, from, to);
      const opacity = 0.25 + 0.6 * Math.sqrt(customers / Math.max(1, base.customers));
      return {
        type: 'group',
        children: [
          {
            type: 'rect',
            shape: {
              x: x - cellWidth / 2 + 1,
              y: y - cellHeight / 2 + 1,
              width: cellWidth - 2,
              height: cellHeight - 2,
              r: 3,
            },
            style: { fill: colours[kind], opacity },
          },
          {
            type: 'text',
            style: {
              text: grouped(customers),
              x,
              y,
              align: 'center',
              verticalAlign: 'middle',
              fill: colours.ink,
              fontSize: 13,
            },
          },
        ],
      };
    },
  };
}

function axis(
  program: ProgramPrediction,
  gridIndex: number,
  side: 'from' | 'to',
  said: WhatIfWords,
  language: Language,
) {
  const named = tierNamer(program, said, words[language]);
  return {
    type: 'category' as const,
    gridIndex,
    data: tiersOf(program, side).map(named),
    inverse: side === 'from',
    position: side === 'from' ? ('left' as const) : ('top' as const),
    axisLine: { show: false },
    axisTick: { show: false },
    splitArea: { show: false },
    axisLabel: {
      color: colours.ink,
      fontSize: 13,
      interval: 0,
      width: side === 'from' ? 110 : 80,
      overflow: 'truncate' as const,
    },
  };
}

function tiersOf(program: ProgramPrediction, side: 'from' | 'to'): (string | null)[] {
  return customersBy(side, program).has(null) ? [...program.tiers, null] : [...program.tiers];
}

function nodeName(side: 'from' | 'to', tier: string | null): string {
  return `${side}|${tier ?? ''}`;
}

/** By the place of the tiers, as the changes themselves say it. */
function kindOf({ after, tiers }: ProgramPrediction, from: string | null, to: string | null): Kind {
  if (from === to) return 'stays';
  if (from === null) return 'first';
  if (to === null) return 'end';
  const ranked = after !== null && (after.kind === 'ladder' || after.exit !== null);
  if (!ranked || !after.tiers.some(({ name }) => name === from)) return 'across';
  return tiers.indexOf(to) < tiers.indexOf(from) ? 'up' : 'down';
}
