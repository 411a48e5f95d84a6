/* Names along the roads and numbers on plates, on a canvas above the cells: the more important first, each only where
   nothing else stands. Text of a file is only ever painted, never read as anything else. */
(function () {
  var map = {{ this._parent.get_name() }};
  var safety = window.safety, ground = safety.ground, tint = ground.tint;
  var NAMES_FROM = 15, AGAIN = 380, PLATE_AGAIN = 300, PLATES_FROM = [9, 11, 12.8], FONT = '"Source Sans","Source Sans Pro",sans-serif';
  var SIZE = [0, 12, 12, 11.5, 11, 10.5, 10.5], FROM = [99, NAMES_FROM, NAMES_FROM, NAMES_FROM, NAMES_FROM, 16.2, 16.6];
  var BEND = 0.32, TURN = 1.1, TRIES = 9;
  var words = [], plates = [], wides = {};
  var pen = document.createElement('canvas').getContext('2d');
  function font(size, heavy) { return (heavy ? '600 ' : '') + size.toFixed(1) + 'px ' + FONT; }
  function width(text, type) {
    var key = type + text;
    if (wides[key] === undefined) {
      pen.font = type;
      wides[key] = pen.measureText(text).width;
    }
    return wides[key];
  }

  /* What is taken, by squares of the screen. */
  function Taken(boxes) {
    this.squares = {};
    this.list = boxes; /* what is written here is taken for what comes after, too */
    boxes.forEach(this.add, this);
  }
  Taken.prototype.each = function (b, visit) {
    for (var c = Math.floor(b[0] / 64); c <= b[2] / 64; c++) for (var r = Math.floor(b[1] / 64); r <= b[3] / 64; r++) {
      var key = c + ',' + r;
      if (visit(this.squares[key] || (this.squares[key] = []))) return true;
    }
    return false;
  };
  Taken.prototype.add = function (b) { this.each(b, function (own) { own.push(b); }); };
  Taken.prototype.free = function (b) {
    return !this.each(b, function (own) {
      return own.some(function (t) { return t[0] < b[2] && b[0] < t[2] && t[1] < b[3] && b[1] < t[3]; });
    });
  };

  /* A line in pixels of the frame, with the way along it. */
  function onScreen(line, zoom, size) {
    var p = ground.flat(line), scale = Math.pow(2, zoom), origin = map.getPixelOrigin(), pane = map._getMapPanePos();
    var runs = [], run = null;
    for (var k = 0; k < p.length; k += 2) {
      var x = p[k] * scale - origin.x + pane.x, y = p[k + 1] * scale - origin.y + pane.y;
      if (run) {
        var far = Math.sqrt((x - run.x[run.x.length - 1]) * (x - run.x[run.x.length - 1]) + (y - run.y[run.y.length - 1]) * (y - run.y[run.y.length - 1]));
        if (far === 0) continue;
        run.s.push(run.s[run.s.length - 1] + far);
        run.x.push(x);
        run.y.push(y);
        if (Math.max(x, run.x[run.x.length - 2]) < 0 || Math.min(x, run.x[run.x.length - 2]) > size.x ||
            Math.max(y, run.y[run.y.length - 2]) < 0 || Math.min(y, run.y[run.y.length - 2]) > size.y) {
          /* out of view: what follows is another run */
          run.x.pop(); run.y.pop(); run.s.pop();
          if (run.x.length > 1) runs.push(run);
          run = { x: [x], y: [y], s: [0] };
        }
      } else run = { x: [x], y: [y], s: [0] };
    }
    if (run && run.x.length > 1) runs.push(run);
    return runs;
  }
  function at(run, s) {
    var k = 1, last = run.s.length - 1;
    while (k < last && run.s[k] < s) k++;
    var share = (s - run.s[k - 1]) / (run.s[k] - run.s[k - 1]), dx = run.x[k] - run.x[k - 1], dy = run.y[k] - run.y[k - 1];
    return [run.x[k - 1] + share * dx, run.y[k - 1] + share * dy, Math.atan2(dy, dx)];
  }
  function apart(a, b) { return Math.abs(Math.atan2(Math.sin(a - b), Math.cos(a - b))); }

  /* The letters of a name along a run about the middle s; null where it bends too much, or something stands there. */
  function along(run, s, text, type, size, taken, frame) {
    var wide = width(text, type), from = s - wide / 2, letters = Array.from(text);
    if (from < 2 || from + wide > run.s[run.s.length - 1] - 2) return null;
    var a = at(run, from), b = at(run, from + wide);
    var back = b[0] < a[0] - 0.5 || (Math.abs(b[0] - a[0]) <= 0.5 && b[1] > a[1]);
    var chord = Math.atan2(b[1] - a[1], b[0] - a[0]) + (back ? Math.PI : 0), gone = 0, set = [], boxes = [], before = null;
    for (var k = 0; k < letters.length; k++) {
      var own = width(letters[k], type), where = gone + own / 2, p = at(run, back ? from + wide - where : from + where);
      var turn = p[2] + (back ? Math.PI : 0);
      if (before !== null && apart(turn, before) > BEND || apart(turn, chord) > TURN) return null;
      before = turn;
      var half = size * 0.52;
      var box = [p[0] - half, p[1] - half, p[0] + half, p[1] + half];
      if (box[0] < 1 || box[1] < 1 || box[2] > frame.x - 1 || box[3] > frame.y - 1 || !taken.free(box)) return null;
      boxes.push(box);
      set.push([letters[k], p[0], p[1], turn]);
      gone += own * wide / Math.max(1, sum(letters, type));
    }
    boxes.forEach(function (box) { taken.add(box); taken.list.push(box); });
    var straight = set.every(function (g) { return apart(g[3], chord) < 0.05; });
    return { text: text, type: type, letters: straight ? [[text, (a[0] + b[0]) / 2, (a[1] + b[1]) / 2, chord]] : set, x: set[set.length >> 1][1], y: set[set.length >> 1][2], turn: chord };
  }
  function sum(letters, type) {
    var all = 0;
    letters.forEach(function (letter) { all += width(letter, type); });
    return all;
  }
  /* Middles to try on a run, the middle first, then ever nearer its ends. */
  function middles(long) {
    var found = [], n = Math.max(1, Math.min(TRIES, Math.floor(long / 40)));
    for (var k = 0; k < n; k++) found.push(long * (0.5 + (k % 2 ? 1 : -1) * Math.ceil(k / 2) / (n + 1)));
    return found;
  }
  function near(spots, x, y, far) {
    return (spots || []).some(function (p) { return Math.abs(p[0] - x) < far && Math.abs(p[1] - y) < far; });
  }

  safety.names = function (boxes) {
    words = [];
    plates = [];
    if (!ground.ready) return;
    var zoom = map.getZoom(), size = map.getSize(), taken = new Taken(boxes), spots = Object.create(null), level; /* a street may be called after what every object has */
    var corner = map.containerPointToLayerPoint([0, 0]), box = ground.seen(L.bounds(corner, map.containerPointToLayerPoint(size)), 0);
    for (level = 0; level < PLATES_FROM.length && !safety.small; level++) if (zoom >= PLATES_FROM[level]) ground.within(level, box).forEach(plate);
    function plate(line) {
      if (!line.number) return;
      var type = font(10, true), wide = width(line.number, type) + 7;
      onScreen(line, zoom, size).forEach(function (run) {
        var long = run.s[run.s.length - 1];
        if (long < 30) return;
        for (var s = Math.min(long / 2, 90); s < long; s += 45) {
          var p = at(run, s), b = [p[0] - wide / 2, p[1] - 7.5, p[0] + wide / 2, p[1] + 7.5];
          if (b[0] < 3 || b[1] < 3 || b[2] > size.x - 3 || b[3] > size.y - 3) continue;
          if (near(spots['#' + line.number], p[0], p[1], PLATE_AGAIN) || !taken.free(b)) continue;
          b = [b[0] - 4, b[1] - 4, b[2] + 4, b[3] + 4];
          taken.add(b);
          boxes.push(b);
          (spots['#' + line.number] = spots['#' + line.number] || []).push(p);
          plates.push({ text: line.number, level: line.level, type: type, x: p[0], y: p[1], wide: wide });
        }
      });
    }
    for (level = 1; level < FROM.length; level++) if (zoom >= FROM[level]) {
      var grown = SIZE[level] + Math.min(2, Math.max(0, zoom - 15.5)), type = font(grown, level < 3), lines = [];
      ground.within(level, box).forEach(function (line) {
        if (line.name) onScreen(line, zoom, size).forEach(function (run) { lines.push([line.name, run]); });
      });
      lines.sort(function (a, b) { return b[1].s[b[1].s.length - 1] - a[1].s[a[1].s.length - 1]; });
      lines.forEach(function (row) {
        var text = row[0], long = row[1].s[row[1].s.length - 1];
        if (long < width(text, type) + 4) return;
        middles(long).forEach(function (s) {
          var p = at(row[1], s);
          if (near(spots[text], p[0], p[1], AGAIN)) return;
          var set = along(row[1], s, text, type, grown, taken, size);
          if (!set) return;
          (spots[text] = spots[text] || []).push([set.x, set.y]);
          words.push(set);
        });
      });
    }
    words.concat(plates).forEach(function (w) { w.dx = corner.x; w.dy = corner.y; });
    if (face._ctx) face._update();
    else face.addTo(map);
    safety.written = {
      names: words.map(function (w) { return [w.text, w.x, w.y, w.turn]; }),
      numbers: plates.map(function (p) { return [p.text, p.x, p.y]; })
    };
  };

  function draw(ctx) {
    ctx.textAlign = 'center';
    ctx.textBaseline = 'middle';
    ctx.lineJoin = 'round';
    [true, false].forEach(function (halo) {
      words.forEach(function (w) {
        ctx.font = w.type;
        w.letters.forEach(function (g) {
          ctx.save();
          ctx.translate(g[1] + w.dx, g[2] + w.dy);
          ctx.rotate(g[3]);
          if (halo) {
            ctx.strokeStyle = tint.halo;
            ctx.globalAlpha = 0.85;
            ctx.lineWidth = 3;
            ctx.strokeText(g[0], 0, 0.5);
          } else {
            ctx.fillStyle = tint.name;
            ctx.fillText(g[0], 0, 0.5);
          }
          ctx.restore();
        });
      });
    });
    plates.forEach(function (p) {
      var x = p.x + p.dx, y = p.y + p.dy;
      ctx.beginPath();
      ctx.roundRect(x - p.wide / 2, y - 7, p.wide, 14, 3);
      ctx.fillStyle = p.level ? tint.fills[p.level] : tint.plate;
      ctx.fill();
      ctx.strokeStyle = p.level ? tint.edges[p.level] : tint.halo;
      ctx.lineWidth = 1;
      ctx.stroke();
      ctx.font = p.type;
      ctx.fillStyle = p.level ? tint.name : tint.on_plate;
      ctx.fillText(p.text, x, y + 0.5);
    });
  }
  var Names = ground.Face.extend({
    getEvents: function () { /* place() tells it when */
      var events = ground.Face.prototype.getEvents.call(this);
      delete events.moveend;
      return events;
    }
  });
  var face = new Names(draw, 'names');
})();
