/* Drawing an outline corner by corner: a face over everything that tells where it was clicked, and the corners so far. */
(function () {
  var group = {{ this._parent.get_name() }};
  var data = {{ this.payload }};
  var safety = window.safety, map = safety.map, look = safety.look, at = safety.at;
  var coarse = window.matchMedia('(pointer: coarse)').matches, NEAR = coarse ? 24 : 14, ENOUGH = 3, EARTH = [[-85, -180], [85, 180]];
  var corners = data.corners.map(function (p) { return at(p[0], p[1]); });
  if (!map.getPane('drawing')) map.createPane('drawing').style.zIndex = 645;

  /* Whole metres of a spot: at() the other way round. */
  function metres(spot) {
    var x = 0, y = 0, STEP = 100;
    for (var round = 0; round < 12; round++) {
      var here = at(x, y), east = at(x + STEP, y), north = at(x, y + STEP);
      var a = (east.lng - here.lng) / STEP, b = (north.lng - here.lng) / STEP;
      var c = (east.lat - here.lat) / STEP, d = (north.lat - here.lat) / STEP;
      var u = spot.lng - here.lng, v = spot.lat - here.lat, whole = a * d - b * c;
      x += (u * d - v * b) / whole;
      y += (v * a - u * c) / whole;
    }
    return Math.round(x) + ',' + Math.round(y);
  }
  /* Every click is told once, though the same spot is clicked twice. */
  var kind = 'corner', id = '';
  var face = L.rectangle(EARTH, { pane: 'drawing', stroke: false, fillColor: look.land, fillOpacity: 0, className: 'map-drawing' });
  face.on('click', function (e) {
    var first = corners.length >= ENOUGH && map.latLngToContainerPoint(corners[0]);
    safety.drawn = (safety.drawn || 0) + 1;
    kind = first && first.distanceTo(e.containerPoint) <= NEAR ? 'close' : 'corner';
    id = kind === 'close' ? '' : metres(e.latlng);
  });
  face.on('add', function () {
    face.getElement().setAttribute('tabindex', '-1');
    face.getElement().style.cursor = 'crosshair';
  });
  face.toGeoJSON = function () {
    return { type: 'Feature', properties: { kind: kind, id: id, click: safety.drawn }, geometry: null };
  };
  if (corners.length > 1) group.addLayer(L.polyline(corners, {
    pane: 'drawing', color: look.text, weight: 3, interactive: false, className: 'map-drawn'
  }));
  corners.forEach(function (spot, k) {
    var closes = !k && corners.length >= ENOUGH;
    group.addLayer(L.circleMarker(spot, {
      pane: 'drawing', radius: closes ? 10 : 5, color: look.text, weight: 2, fillColor: closes ? look.accent : look.land, fillOpacity: 1,
      interactive: false, className: 'map-corner' + (closes ? ' closes' : '')
    }));
  });
  group.addLayer(face);
})();
