/**
 * The entry of the console.
 */
const root = document.getElementById('app') as HTMLElement
root.textContent = 'Meridian'
