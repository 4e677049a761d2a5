// Things to send that need no camera and no microphone: a drawn picture and a hummed voice.

export function samplePhoto() {
  const canvas = document.createElement("canvas");
  canvas.width = 960;
  canvas.height = 720;
  const pen = canvas.getContext("2d");
  const hue = Math.floor(Math.random() * 360);
  wall(pen, hue);
  pump(pen, hue);
  return new Promise((done) => { canvas.toBlob((blob) => done(new File([blob], "sample.jpg", { type: "image/jpeg" })), "image/jpeg", 0.85); });
}

function wall(pen, hue) {
  const light = pen.createLinearGradient(0, 0, 0, 720);
  light.addColorStop(0, `hsl(${hue} 22% 88%)`);
  light.addColorStop(0.72, `hsl(${hue} 18% 74%)`);
  light.addColorStop(0.73, `hsl(${hue} 10% 52%)`);
  light.addColorStop(1, `hsl(${hue} 12% 40%)`);
  pen.fillStyle = light;
  pen.fillRect(0, 0, 960, 720);
}

function pump(pen, hue) {
  const round = (x, y, width, height, radius, colour) => { pen.fillStyle = colour; pen.beginPath(); pen.roundRect(x, y, width, height, radius); pen.fill(); };
  const disc = (x, y, radius, colour) => { pen.fillStyle = colour; pen.beginPath(); pen.arc(x, y, radius, 0, 7); pen.fill(); };
  round(180, 560, 620, 46, 8, "#3d4650");
  round(430, 330, 330, 220, 34, `hsl(${hue} 45% 42%)`);
  for (let x = 470; x < 740; x += 34) round(x, 350, 12, 180, 6, `hsl(${hue} 45% 34%)`);
  round(388, 408, 60, 56, 6, "#8b939c");
  disc(300, 436, 132, `hsl(${hue} 40% 36%)`);
  disc(300, 436, 92, `hsl(${hue} 38% 48%)`);
  disc(300, 436, 30, "#dfe4e8");
  round(268, 180, 66, 150, 8, "#8b939c");
  round(246, 168, 110, 30, 6, "#717a84");
  round(120, 404, 70, 64, 8, "#8b939c");
  round(560, 286, 80, 50, 8, "#4a545e");
  disc(690, 250, 44, "#f4f6f7");
  pen.strokeStyle = "#c0392b";
  pen.lineWidth = 6;
  pen.beginPath();
  pen.moveTo(690, 250);
  pen.lineTo(712, 226);
  pen.stroke();
  round(682, 292, 16, 44, 4, "#717a84");
}

export function hum(seconds) {
  const rate = 8000;
  const count = Math.round(seconds * rate);
  const view = new DataView(new ArrayBuffer(44 + count));
  const write = (at, words) => [...words].forEach((letter, index) => view.setUint8(at + index, letter.charCodeAt(0)));
  write(0, "RIFF");
  view.setUint32(4, 36 + count, true);
  write(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 1, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate, true);
  view.setUint16(32, 1, true);
  view.setUint16(34, 8, true);
  write(36, "data");
  view.setUint32(40, count, true);
  for (let index = 0; index < count; index++) {
    const time = index / rate;
    const loud = Math.sin(Math.PI * ((time * 3) % 1)) * 30;
    view.setUint8(44 + index, 128 + loud * Math.sin(2 * Math.PI * (180 + 40 * Math.sin(time * 5)) * time));
  }
  return new File([view.buffer], "voice.wav", { type: "audio/wav" });
}
