// What the site's charts need of ECharts and nothing else: lines and bars in a grid, tooltips,
// mark lines and areas, and the SVG renderer; and the function that site.js calls.
import { init, use } from 'echarts/core';
import { BarChart, LineChart } from 'echarts/charts';
import { GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent } from 'echarts/components';
import { SVGRenderer } from 'echarts/renderers';

use([BarChart, LineChart, GridComponent, MarkAreaComponent, MarkLineComponent, TooltipComponent, SVGRenderer]);

// open puts the chart of an option in the place of the button and returns the function that
// draws it again in the colours of the theme. A tooltip is a row of the figure's table; slide
// makes the chart a slider over them.
export function open(figure, button, option, slide) {
  const box = document.createElement('div'), ink = document.createElement('i');
  box.className = 'echart';
  box.setAttribute('aria-label', figure.querySelector('svg').getAttribute('aria-label'));
  button.replaceWith(box, ink);
  const chart = init(box, null, { renderer: 'svg' });
  let words = [], shown = -1;
  const go = slide(box, figure, figure.querySelectorAll('tbody tr').length - 1, (i, lines) => {
    const moves = shown !== i;
    [words, shown] = [lines, i];
    if (moves) chart.dispatchAction({ type: 'showTip', x: chart.convertToPixel({ xAxisIndex: 0 }, i), y: 40 });
  });
  const draw = () => {
    const css = getComputedStyle(ink), colour = (value) => {
      ink.style.color = `var(${value})`;
      return css.color;
    };
    const all = JSON.parse(option, (name, value) => /color$/i.test(name) ? colour(value) : value);
    all.textStyle = { fontFamily: css.fontFamily };
    all.tooltip.textStyle = { color: colour('--ink') };
    all.tooltip.formatter = (at) => {
      const { dataIndex } = at[0] || at;
      if (dataIndex !== shown) {
        shown = dataIndex;
        go(dataIndex);
      }
      return words.join('\n');
    };
    chart.setOption(all, true);
  };
  draw();
  new ResizeObserver(() => chart.resize()).observe(box);
  box.focus();
  return draw;
}
